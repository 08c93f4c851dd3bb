import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pythonCases } from "../../test/helpers/python-cases.ts";
import { EvalError } from "../errors.ts";
import { PythonRandom } from "./random.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe.each(pythonCases.random)("random.Random($seed)", (expected) => {
  const fresh = (): PythonRandom => new PythonRandom(BigInt(expected.seed));

  test("getrandbits", () => {
    const random = fresh();
    expect(expected.bits.map(([bits]) => [bits, random.getrandbits(bits)])).toEqual(expected.bits);
  });

  test("random", () => {
    const random = fresh();
    const numbers = range(2000).map(() => random.random());
    expect(numbers.slice(0, 5)).toEqual(expected.random);
    expect(numbers.at(-1)).toBe(expected.random2000th);
  });

  test("randrange", () => {
    const random = fresh();
    expect(expected.below.map(([end]) => [end, random.randbelow(end)])).toEqual(expected.below);
  });

  test("sample", () => {
    const random = fresh();
    for (const [size, count, drawn] of expected.samples) expect(random.sample(range(size), count)).toEqual(drawn);
  });

  test("choices", () => {
    expect(fresh().choices(range(1172), 12)).toEqual(expected.choices);
  });
});

// Of the specification of the card's evaluation, found by running CPython.
test("the golden draws of few-shot examples", () => {
  const drawn = (size: number, count: number, calls: number): number[][] => {
    const random = new PythonRandom(1234);
    return range(calls).map(() => random.sample(range(size), count));
  };
  const random = new PythonRandom(1234);
  expect(range(4).map(() => random.getrandbits(32))).toEqual([4150886329, 3342196574, 1892932127, 501869158]);
  expect(drawn(10, 3, 3)).toEqual([
    [7, 1, 0],
    [1, 0, 9],
    [1, 5, 3],
  ]);
  expect(drawn(1119, 5, 2)).toEqual([
    [902, 239, 15, 185, 71],
    [171, 201, 726, 484, 35],
  ]);
  expect(drawn(200, 3, 3)).toEqual([
    [199, 112, 29],
    [1, 23, 149],
    [8, 171, 177],
  ]);
  expect(new PythonRandom(0).choices(range(10), 10)).toEqual([8, 7, 4, 2, 5, 4, 7, 3, 4, 5]);
});

test("a sample holds different items of the list", () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.nat(300), fc.nat(300), (seed, a, b) => {
      const [count, size] = a < b ? [a, b] : [b, a];
      const drawn = new PythonRandom(seed).sample(range(size), count);
      expect(new Set(drawn).size).toBe(count);
      expect(drawn.every((item) => item >= 0 && item < size)).toBe(true);
    }),
    { seed: 20261129 },
  );
});

test("refuses what has no answer", () => {
  const random = new PythonRandom(1);
  expect(() => new PythonRandom(0.5)).toThrow(EvalError);
  expect(() => random.sample([1, 2], 3)).toThrow(
    "sample: of 3 items from 2; ask for 0 to 2, or give more to draw from",
  );
  expect(() => random.choices([], 1)).toThrow(EvalError);
  expect(() => random.randbelow(0)).toThrow(EvalError);
  expect(() => random.getrandbits(54)).toThrow(EvalError);
});
