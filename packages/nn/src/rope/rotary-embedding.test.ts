import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RopeError } from "../errors.ts";
import { ropeFrequencies } from "./frequencies.ts";
import { RotaryEmbedding } from "./rotary-embedding.ts";

interface Fixture {
  readonly dynamic_sequence: { readonly calls: readonly { positions: string; inv_freq: readonly number[] }[] };
  readonly rotation: {
    readonly theta: number;
    readonly positions: readonly number[];
    readonly x: readonly (readonly number[])[];
    readonly interleaved: readonly (readonly number[])[];
    readonly half: readonly (readonly number[])[];
    readonly spec_10_1: {
      readonly x: readonly number[];
      readonly positions: readonly number[];
      readonly interleaved: readonly (readonly number[])[];
      readonly half: readonly (readonly number[])[];
    };
  };
}

const fixture = JSON.parse(readFileSync(new URL("../../../../fixtures/rope.json", import.meta.url), "utf8")) as Fixture;

type Pairing = "interleaved" | "half";

/** One head vector rotated by its row of the table, written out from the definition. */
function rotate(x: readonly number[], cos: Float32Array, sin: Float32Array, pairing: Pairing): number[] {
  const half = x.length / 2;
  const out = new Array<number>(x.length);
  for (let i = 0; i < half; i++) {
    const first = pairing === "interleaved" ? 2 * i : i;
    const second = pairing === "interleaved" ? 2 * i + 1 : i + half;
    out[first] = x[first]! * cos[i]! - x[second]! * sin[i]!;
    out[second] = x[second]! * cos[i]! + x[first]! * sin[i]!;
  }
  return out;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const defaultRope = (rotaryDim: number, ropeTheta = 1e5): RotaryEmbedding =>
  new RotaryEmbedding({ ropeType: "default", ropeTheta }, { rotaryDim, maxPositionEmbeddings: 4096 });

describe("RotaryEmbedding against transformers", () => {
  it.each(["interleaved", "half"] as const)("rotates in %s pairing", (pairing) => {
    const { theta, positions, x } = fixture.rotation;
    const { cos, sin, shape } = defaultRope(16, theta).cosSin([positions]);
    expect(shape).toEqual([1, 6, 8]);
    positions.forEach((position, t) => {
      const rotated = rotate(x[t]!, cos.subarray(t * 8, t * 8 + 8), sin.subarray(t * 8, t * 8 + 8), pairing);
      const expected = fixture.rotation[pairing][t]!;
      expected.forEach((value, i) =>
        expect(Math.abs(rotated[i]! - value), `position ${position}, dim ${i}`).toBeLessThan(1e-6),
      );
    });
  });

  it.each(["interleaved", "half"] as const)("rotates 1 2 3 4 in %s pairing", (pairing) => {
    const { x, positions } = fixture.rotation.spec_10_1;
    const { cos, sin } = defaultRope(4).cosSin([positions]);
    positions.forEach((_, t) => {
      const rotated = rotate(x, cos.subarray(t * 2, t * 2 + 2), sin.subarray(t * 2, t * 2 + 2), pairing);
      fixture.rotation.spec_10_1[pairing][t]!.forEach((value, i) => expect(rotated[i]).toBeCloseTo(value, 6));
    });
  });

  it("reproduces the float64 golden rotation", () => {
    const golden = {
      interleaved: { 0: [1, 2, 3, 4], 1: [-1.142639664, 1.922075597, 2.98733591, 4.009466817] },
      half: { 0: [1, 2, 3, 4], 1: [-1.984110649, 1.98734091, 2.462377902, 4.006304545] },
    };
    const { cos, sin } = defaultRope(4).cosSin([[0, 1, 5]]);
    for (const pairing of ["interleaved", "half"] as const) {
      for (const [p, expected] of Object.entries(golden[pairing])) {
        const at = Number(p) * 2;
        const rotated = rotate([1, 2, 3, 4], cos.subarray(at, at + 2), sin.subarray(at, at + 2), pairing);
        expected.forEach((value, i) => expect(rotated[i]).toBeCloseTo(value, 6));
      }
    }
    const fifth = rotate([1, 2, 3, 4], cos.subarray(4, 6), sin.subarray(4, 6), "interleaved");
    [2.201510735, -0.391599904, 2.93638209, 4.046932199].forEach((v, i) => expect(fifth[i]).toBeCloseTo(v, 6));
  });

  it("grows and resets dynamic frequencies call by call", () => {
    const rope = new RotaryEmbedding(
      { ropeType: "dynamic", ropeTheta: 10000, factor: 2 },
      { rotaryDim: 16, maxPositionEmbeddings: 32 },
    );
    for (const { positions, inv_freq } of fixture.dynamic_sequence.calls) {
      rope.cosSin([range(Number(positions.split("..")[1]) + 1)]);
      inv_freq.forEach((expected, i) =>
        expect(Math.abs(rope.invFreq[i]! / expected - 1), `${positions} [${i}]`).toBeLessThan(4e-7),
      );
    }
  });

  it("switches longrope at the original length, both ways", () => {
    const parameters = {
      ropeType: "longrope",
      ropeTheta: 10000,
      shortFactor: range(8).map((i) => 1 + 0.01 * i),
      longFactor: range(8).map((i) => 1 + 0.8 * i),
      originalMaxPositionEmbeddings: 4096,
    } as const;
    const context = { rotaryDim: 16, maxPositionEmbeddings: 131072 };
    const short = ropeFrequencies(parameters, { ...context, seqLen: 4096 }).invFreq;
    const long = ropeFrequencies(parameters, { ...context, seqLen: 4097 }).invFreq;
    const rope = new RotaryEmbedding(parameters, context);
    expect(rope.invFreq).toEqual(short);
    rope.cosSin([[4095]]);
    expect(rope.invFreq).toEqual(short);
    rope.cosSin([[0], [4096]]);
    expect(rope.invFreq).toEqual(long);
    rope.cosSin([[12]]);
    expect(rope.invFreq).toEqual(short);
    expect(long).not.toEqual(short);
  });
});

describe("RotaryEmbedding", () => {
  it("multiplies cos and sin by the attention scaling", () => {
    const rope = new RotaryEmbedding(
      { ropeType: "yarn", ropeTheta: 1e4, factor: 4, attentionFactor: 0.5 },
      { rotaryDim: 8, maxPositionEmbeddings: 64 },
    );
    const { cos, sin } = rope.cosSin([[0, 3]]);
    expect([...cos.subarray(0, 4)]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect([...sin.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(cos[4]).toBeCloseTo(Math.cos(3) / 2, 6);
  });

  it("takes rows or a flat array", () => {
    const rope = defaultRope(8);
    const rows = rope.cosSin([
      [0, 1, 2],
      [5, 6, 7],
    ]);
    expect(rows.shape).toEqual([2, 3, 4]);
    expect(rope.cosSin(Int32Array.of(0, 1, 2, 5, 6, 7), 2)).toEqual(rows);
    expect(rows.cos.subarray(12)).toEqual(rope.cosSin([[5, 6, 7]]).cos);
    expect(rows.sin.subarray(12)).toEqual(rope.cosSin([[5, 6, 7]]).sin);
    expect(rope.cosSin([]).shape).toEqual([0, 0, 4]);
    expect(rope.cosSin([[], []]).shape).toEqual([2, 0, 4]);
  });

  it("rounds the angle to float32 before cos and sin", () => {
    const rope = defaultRope(128);
    const position = 4001;
    const { cos } = rope.cosSin([[position]]);
    rope.invFreq.forEach((frequency, i) =>
      expect(cos[i]).toBe(Math.fround(Math.cos(Math.fround(position * frequency)))),
    );
  });

  it.each([
    ["ragged rows", [[0, 1], [0]], 1, /row 1 has 1 positions, but row 0 has 2/],
    ["a fraction", [[0.5]], 1, /given 0.5 in row 0/],
    ["NaN", [[0], [NaN]], 1, /given NaN in row 1/],
    ["a flat array that does not split", Int32Array.of(1, 2, 3), 2, /3 positions do not split into 2 rows/],
  ])("refuses %s", (_, positions, batch, message) => {
    const attempt = (): unknown => defaultRope(8).cosSin(positions, batch);
    expect(attempt).toThrow(RopeError);
    expect(attempt).toThrow(message);
  });

  it("keeps norms, inverts with −position, and makes q·k depend on the distance alone", () => {
    const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 8, maxLength: 8 });
    const position = fc.integer({ min: 0, max: 500 });
    const rope = defaultRope(8);
    const at = (p: number, x: readonly number[], pairing: Pairing): number[] => {
      const { cos, sin } = rope.cosSin([[p]]);
      return rotate(x, cos, sin, pairing);
    };
    const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    fc.assert(
      fc.property(
        vector,
        vector,
        position,
        position,
        fc.constantFrom<Pairing>("interleaved", "half"),
        (q, k, m, n, pairing) => {
          const rotated = at(m, q, pairing);
          expect(dot(rotated, rotated)).toBeCloseTo(dot(q, q), 4);
          at(-m, rotated, pairing).forEach((value, i) => expect(value).toBeCloseTo(q[i]!, 4));
          // Angles up to 500 rad are float32-coarse: 500 · 2⁻²⁴ ≈ 3e-5 each.
          expect(Math.abs(dot(rotated, at(n, k, pairing)) - dot(at(m - n, q, pairing), k))).toBeLessThan(3e-3);
        },
      ),
      { seed: 11, numRuns: 100 },
    );
  });
});
