import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RopeError } from "../errors.ts";
import { ropeFrequencies, ropeTypes } from "./frequencies.ts";
import type { RopeParameters } from "./parameters.ts";

interface Case {
  readonly name: string;
  readonly head_dim: number;
  readonly max_position_embeddings: number;
  readonly rope_parameters: Readonly<Record<string, unknown>>;
  readonly seq_len: number | null;
  readonly inv_freq: readonly number[];
  readonly attention_scaling: number;
}

const { cases } = JSON.parse(readFileSync(new URL("../../../../fixtures/rope.json", import.meta.url), "utf8")) as {
  cases: readonly Case[];
};

const camelCased = (keys: Case["rope_parameters"]): RopeParameters =>
  Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [key.replace(/_(\w)/g, (_, c: string) => c.toUpperCase()), value]),
  ) as unknown as RopeParameters;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
const bitsOf = (value: number): number => {
  float[0] = value;
  return bits[0]!;
};

/** Distance in float32 steps; all values here are positive. */
const steps = (a: number, b: number): number => Math.abs(bitsOf(a) - bitsOf(b));

describe("ropeFrequencies against transformers", () => {
  it("covers every type", () => {
    expect(new Set(cases.map((c) => c.rope_parameters.rope_type))).toEqual(new Set(ropeTypes));
    expect(cases).toHaveLength(31);
  });

  it.each(cases)("$name", (c) => {
    const parameters = camelCased(c.rope_parameters);
    const { invFreq, attentionScaling } = ropeFrequencies(parameters, {
      rotaryDim: Math.floor(c.head_dim * (parameters.partialRotaryFactor ?? 1)),
      maxPositionEmbeddings: c.max_position_embeddings,
      ...(c.seq_len === null ? {} : { seqLen: c.seq_len }),
    });
    expect(invFreq).toHaveLength(c.inv_freq.length);
    c.inv_freq.forEach((expected, i) => expect(steps(invFreq[i]!, expected), `inv_freq[${i}]`).toBeLessThanOrEqual(2));
    expect(Math.abs(attentionScaling / c.attention_scaling - 1)).toBeLessThan(1e-11);
  });

  it("agrees bit for bit in all but 1 % of the entries, where one of the two powers is off by its last bit", () => {
    let off = 0;
    let entries = 0;
    for (const c of cases) {
      const parameters = camelCased(c.rope_parameters);
      const { invFreq } = ropeFrequencies(parameters, {
        rotaryDim: c.inv_freq.length * 2,
        maxPositionEmbeddings: c.max_position_embeddings,
        ...(c.seq_len === null ? {} : { seqLen: c.seq_len }),
      });
      c.inv_freq.forEach((expected, i) => (off += steps(invFreq[i]!, expected) === 0 ? 0 : 1));
      entries += invFreq.length;
    }
    expect(entries).toBe(920);
    expect(off).toBeLessThanOrEqual(7);
  });
});

describe("ropeFrequencies against float64 golden numbers", () => {
  const close = (actual: number | undefined, expected: number): void =>
    expect(Math.abs(actual! / expected - 1)).toBeLessThan(2e-6);

  it("default, θ 1e5, D 128", () => {
    const { invFreq } = ropeFrequencies(
      { ropeType: "default", ropeTheta: 1e5 },
      { rotaryDim: 128, maxPositionEmbeddings: 4096 },
    );
    [1, 0.835362547, 0.697830585, 0.582941535].forEach((expected, i) => close(invFreq[i], expected));
    expect(invFreq[62]).toBeCloseTo(1.433e-5, 8);
    expect(invFreq[63]).toBeCloseTo(1.1971e-5, 9);
  });

  it("llama3, θ 5e5, D 64", () => {
    const { invFreq } = ropeFrequencies(
      {
        ropeType: "llama3",
        ropeTheta: 5e5,
        factor: 32,
        lowFreqFactor: 1,
        highFreqFactor: 4,
        originalMaxPositionEmbeddings: 8192,
      },
      { rotaryDim: 64, maxPositionEmbeddings: 131072 },
    );
    const expected = {
      1: 0.6636012377,
      14: 0.003211445995,
      15: 0.001290547928,
      16: 0.000429556797,
      17: 9.7082878e-5,
      18: 1.94616382e-5,
      31: 9.41830673e-8,
    };
    for (const [i, value] of Object.entries(expected)) {
      // Just above the lower threshold the blend cancels, and float32 loses digits (so does the reference).
      expect(Math.abs(invFreq[Number(i)]! / value - 1)).toBeLessThan(2e-5);
    }
  });

  it("yarn, θ 1e6, D 128", () => {
    const { invFreq, attentionScaling } = ropeFrequencies(
      { ropeType: "yarn", ropeTheta: 1e6, factor: 4, originalMaxPositionEmbeddings: 32768 },
      { rotaryDim: 128, maxPositionEmbeddings: 131072 },
    );
    close(attentionScaling, 1.138629436);
    const expected = {
      1: 0.805842188,
      30: 0.001064360981,
      35: 0.000246258407,
      40: 4.4456985e-5,
      63: 3.1023444e-7,
    };
    for (const [i, value] of Object.entries(expected)) close(invFreq[Number(i)], value);
  });

  it("yarn with a ramp of no width: θ 1e4, D 8, original length 6, as transformers has it", () => {
    const { invFreq, attentionScaling } = ropeFrequencies(
      { ropeType: "yarn", ropeTheta: 1e4, factor: 4, originalMaxPositionEmbeddings: 6 },
      { rotaryDim: 8, maxPositionEmbeddings: 24 },
    );
    [1, 0.025, 0.0025, 0.00025].forEach((expected, i) => close(invFreq[i], expected));
    close(attentionScaling, 1.138629436);
  });

  it("the top-level original length wins over the key inside", () => {
    const longFactor = [2, 2];
    const parameters = {
      ropeType: "longrope",
      ropeTheta: 1e4,
      shortFactor: [1, 1],
      longFactor,
      originalMaxPositionEmbeddings: 100,
    } as const;
    const context = { rotaryDim: 4, maxPositionEmbeddings: 400, seqLen: 60 };
    expect(ropeFrequencies(parameters, context).invFreq[0]).toBe(1);
    expect(ropeFrequencies(parameters, { ...context, originalMaxPositionEmbeddings: 50 }).invFreq[0]).toBe(0.5);
  });
});

describe("ropeFrequencies refuses", () => {
  const context = { rotaryDim: 8, maxPositionEmbeddings: 64 };
  const llama3 = { ropeType: "llama3", ropeTheta: 1e4, factor: 8, lowFreqFactor: 1, highFreqFactor: 4 } as const;
  const yarn = { ropeType: "yarn", ropeTheta: 1e4, factor: 4 } as const;
  const long = {
    ropeType: "longrope",
    ropeTheta: 1e4,
    shortFactor: [1, 1, 1, 1],
    longFactor: [1, 2, 3, 4],
  } as const;

  it.each([
    ["an unknown type", { ropeType: "spiral", ropeTheta: 1e4 }, {}, /ropeType.*default, linear.*"spiral"/],
    ["a type named like an object member", { ropeType: "constructor", ropeTheta: 1e4 }, {}, /ropeType/],
    ["a zero base", { ropeType: "default", ropeTheta: 0 }, {}, /ropeTheta.*given 0/],
    ["a missing base", { ropeType: "default" }, {}, /ropeTheta.*given undefined/],
    ["a NaN base", { ropeType: "default", ropeTheta: NaN }, {}, /ropeTheta.*given NaN/],
    ["an odd rotary dim", { ropeType: "default", ropeTheta: 1e4 }, { rotaryDim: 7 }, /rotaryDim.*given 7/],
    ["a rotary dim of 0", { ropeType: "default", ropeTheta: 1e4 }, { rotaryDim: 0 }, /rotaryDim.*given 0/],
    ["linear without a factor", { ropeType: "linear", ropeTheta: 1e4 }, {}, /factor.*given undefined/],
    ["dynamic with an infinite factor", { ropeType: "dynamic", ropeTheta: 1e4, factor: Infinity }, {}, /factor/],
    ["dynamic on two dimensions", { ropeType: "dynamic", ropeTheta: 1e4, factor: 2 }, { rotaryDim: 2 }, /at least 4/],
    ["llama3 bands in the wrong order", { ...llama3, highFreqFactor: 1 }, {}, /highFreqFactor.*given 1 and 1/],
    ["llama3 without a band", { ...llama3, lowFreqFactor: undefined }, {}, /lowFreqFactor/],
    ["a bad original length", { ...llama3, originalMaxPositionEmbeddings: -1 }, {}, /originalMaxPositionEmbeddings/],
    ["yarn betas in the wrong order", { ...yarn, betaFast: 1, betaSlow: 2 }, {}, /betaFast.*given 1 and 2/],
    ["yarn with base 1", { ...yarn, ropeTheta: 1 }, {}, /ropeTheta/],
    ["longrope lists of another length", { ...long, longFactor: [1] }, {}, /longFactor.*4 numbers, given 1/],
    [
      "longrope lists that are too long",
      { ...long, longFactor: [1, 2, 3, 4, 5] },
      {},
      /longFactor.*4 numbers, given 5/,
    ],
    ["longrope without a list", { ...long, shortFactor: undefined }, {}, /shortFactor/],
    ["longrope with a zero divisor", { ...long, shortFactor: [1, 0, 1, 1] }, {}, /shortFactor.*given 0/],
    ["a missing maximal length", long, { maxPositionEmbeddings: undefined }, /maxPositionEmbeddings/],
  ])("%s", (_, parameters, change, message) => {
    const attempt = (): unknown =>
      ropeFrequencies(parameters as unknown as RopeParameters, { ...context, ...change } as typeof context);
    expect(attempt).toThrow(RopeError);
    expect(attempt).toThrow(message);
  });
});
