import fc from "fast-check";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import {
  add,
  all,
  any,
  argmin,
  ArgumentError,
  cast,
  ceil,
  conv1d,
  copy,
  createBackend,
  cumsum,
  einsum,
  exp,
  flip,
  floor,
  gt,
  keep,
  logicalNot,
  logSoftmax,
  logsumexp,
  matmul,
  min,
  mul,
  narrow,
  neg,
  ones,
  pad,
  permute,
  prod,
  randn,
  reshape,
  Rng,
  round,
  scope,
  slice,
  softmax,
  sort,
  sub,
  sum,
  takeAlongAxis,
  tensor,
  topk,
  transpose,
  tril,
  triu,
  zeros,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend("cpu");
});

const make = (shape: readonly number[], dtype: DType = "f32"): Tensor => ones(backend, shape, dtype);
const ints = (...values: readonly number[]): Tensor => tensor(backend, [...values], { dtype: "i32" });

describe("laws", () => {
  const numbers = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 24, maxLength: 24 });
  const law = (title: string, holds: (x: Tensor) => readonly [got: Tensor, want: Tensor], digits = 4) =>
    test(title, async () => {
      const property = fc.asyncProperty(numbers, async (values) => {
        const found = scope(() => holds(tensor(backend, values, { shape: [2, 3, 4] })).map((t) => keep(copy(t))));
        const [got, want] = await Promise.all(found.map((t) => t.data()));
        expect(found[0].shape).toEqual(found[1].shape);
        for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, digits);
        for (const t of found) t.dispose();
      });
      await fc.assert(property, { seed: 5, numRuns: 25 });
    });

  law("logSoftmax is the logarithm of softmax: its exponentials sum to 1", (x) => [
    logsumexp(logSoftmax(x), -1),
    zeros(backend, [2, 3]),
  ]);
  law("softmax is e to the logSoftmax", (x) => [softmax(x, 1), exp(logSoftmax(x, 1))]);
  law("a sum over all axes is a sum of sums", (x) => [sum(x), sum(sum(sum(x, 0), 0), 0)], 3);
  law("the minimum is the first sorted element", (x) => [min(x, 1), slice(sort(x, 1), [null, 0])]);
  law("argmin points at the minimum", (x) => [
    takeAlongAxis(x, argmin(x, -1, { keepDims: true })),
    min(x, -1, { keepDims: true }),
  ]);
  law("tril and the triu above it add up to x", (x) => [add(tril(x, 1), triu(x, 2)), x]);
  law("flipping twice gives x back, and is a slice with a step of −1", (x) => [
    flip(slice(x, [[null, null, -1]]), 0),
    x,
  ]);
  law("what is padded can be cut out", (x) => [
    slice(
      pad(
        x,
        [
          [1, 2],
          [0, 1],
          [3, 0],
        ],
        { value: 9 },
      ),
      [
        [1, -2],
        [0, -1],
        [3, null],
      ],
    ),
    x,
  ]);
  law(
    "every entry with a step of 2 and the ones between",
    (x) => [
      add(sum(slice(x, [null, null, [null, null, 2]]), -1), sum(slice(x, [null, null, [1, null, 2]]), -1)),
      sum(x, -1),
    ],
    3,
  );
  law("floor ≤ x < floor + 1, ceil is floor of the negative", (x) => [ceil(x), neg(floor(neg(x)))]);
  law("x − round(x) is at most a half", (x) => [
    cast(gt(mul(sub(x, round(x)), sub(x, round(x))), 0.25), "f32"),
    zeros(backend, [2, 3, 4]),
  ]);
  law("the product by halves is the product in order", (x) => {
    const small = mul(x, 0.02);
    return [prod(small, -1), [0, 1, 2, 3].map((i) => slice(small, [null, null, i])).reduce((a, b) => mul(a, b))];
  });
  law("einsum over batch and matrix is matmul", (x) => [einsum("bij,bkj->bik", x, x), matmul(x, transpose(x))], 1);
  law("einsum over all labels is the sum of products", (x) => [einsum("ijk,ijk->", x, x), sum(mul(x, x))], 0);
  law(
    "a window of one element convolves as matmul does",
    (x) => {
      const weight = slice(x, [0, [0, 2], [0, 3]]); // [O = 2, C = 3]
      return [conv1d(x, reshape(weight, [2, 3, 1])), matmul(weight, x)];
    },
    1,
  );
  law("all is not any of not", (x) => [
    cast(all(gt(x, 0), [0, 2]), "f32"),
    cast(logicalNot(any(logicalNot(gt(x, 0)), [0, 2])), "f32"),
  ]);

  test.each([
    ["sort", (x: Tensor) => sort(x, 0)],
    ["topk", (x: Tensor) => topk(x, 2, 1).values],
    ["cumsum", (x: Tensor) => cumsum(x, 1)],
    [
      "takeAlongAxis",
      (x: Tensor) => takeAlongAxis(x, ints(0, 2, -1, 1).view({ shape: [1, 1, 4], strides: [4, 4, 1], offset: 0 })),
    ],
    ["flip", (x: Tensor) => flip(x, [0, 2])],
    ["prod", (x: Tensor) => prod(x, [0, 2])],
    ["logsumexp", (x: Tensor) => logsumexp(x, [0, 2])],
    [
      "pad",
      (x: Tensor) =>
        pad(x, [
          [1, 0],
          [0, 1],
          [1, 1],
        ]),
    ],
    ["tril", (x: Tensor) => tril(x)],
    ["slice", (x: Tensor) => slice(x, [[null, null, 2], -1, [3, 0, -1]])],
    ["einsum", (x: Tensor) => einsum("aba,cbd->bcd", narrow(narrow(x, 0, 0, 3), 2, 0, 3), x)],
    ["conv1d", (x: Tensor) => conv1d(x, slice(x, [[0, 2], null, [1, 3]]), undefined, { padding: 1 })],
  ] as const)("%s of a view is that of its contiguous copy", async (_, op) => {
    const [ofView, ofCopy] = scope(() => {
      const view = slice(permute(randn(backend, [5, 9, 8], 4), [2, 0, 1]), [[1, 5], null, [null, null, 2]]);
      return [keep(copy(op(view))), keep(copy(op(copy(view))))];
    });
    expect(ofView.shape).toEqual(ofCopy.shape);
    expect(await ofView.data()).toEqual(await ofCopy.data());
    ofView.dispose();
    ofCopy.dispose();
  });
});

describe("randn", () => {
  test("draws the same numbers from a seed, further ones from a generator", async () => {
    const rng = new Rng(3);
    const [first, second] = [randn(backend, [2, 3], rng), randn(backend, [2, 3], rng)];
    expect(await first.data()).toEqual(await randn(backend, [6], 3).data());
    expect(await first.data()).not.toEqual(await second.data());
    expect(randn(backend, [4], 1, "bf16").dtype).toBe("bf16");
  });

  test("has mean 0 and variance 1", async () => {
    const values = [...(await randn(backend, [20_000], 8).data())];
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    // Four standard errors.
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(20_000));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 20_000));
  });
});

test("the types take a number on either side, and not on both", () => {
  const x = make([2]);
  expectTypeOf(add(1, x)).toEqualTypeOf<Tensor>();
  expectTypeOf(gt(x, 1)).toEqualTypeOf<Tensor>();
  expectTypeOf(topk(x, 1)).toEqualTypeOf<{ readonly values: Tensor; readonly indices: Tensor }>();
  expectTypeOf(sum).parameter(1).toEqualTypeOf<number | readonly number[] | undefined>();
  // @ts-expect-error one operand is a tensor
  expect(() => add(1, 2)).toThrow(ArgumentError);
  // @ts-expect-error positions are along one axis
  expect(() => argmin(x, [0])).not.toThrow();
});
