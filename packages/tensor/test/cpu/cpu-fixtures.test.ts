import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  activation,
  activationNames,
  createBackend,
  decodeF16,
  dtypes,
  encodeBf16,
  encodeF16,
  fromStored,
  gatedActivation,
  layerNorm,
  ones,
  reshape,
  rmsNorm,
  rope,
  scope,
  tensor,
  type ActivationName,
  type Backend,
  type DType,
  type NormWeightMode,
  type Tensor,
} from "@helium-lm/tensor";

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../../fixtures/${name}.json`, import.meta.url), "utf8")) as T;

const backends: Record<string, Backend> = {};
beforeAll(async () => {
  for (const name of ["reference", "cpu"]) backends[name] = await createBackend(name);
});

/** JSON has no infinities. */
const numberOf = (value: number | string): number =>
  typeof value === "number" ? value : value === "nan" ? NaN : value === "-inf" ? -Infinity : Infinity;

describe("half.json", () => {
  const { encode, decode_f16 } = fixture<{
    encode: [number, number | "nan", number | "nan"][];
    decode_f16: [number, number | "nan"][];
  }>("half");
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);

  test("f32 → f16 and bf16, to the bit", () => {
    for (const [from, f16, bf16] of encode) {
      bits[0] = from;
      const [asF16, asBf16] = [encodeF16(float[0]), encodeBf16(float[0])];
      if (f16 === "nan") expect([asF16 & 0x7c00, (asF16 & 0x3ff) > 0]).toEqual([0x7c00, true]);
      else expect(asF16).toBe(f16);
      if (bf16 === "nan") expect([asBf16 & 0x7f80, (asBf16 & 0x7f) > 0]).toEqual([0x7f80, true]);
      else expect(asBf16).toBe(bf16);
    }
  });

  test("f16 → f32, to the bit, by the function and through a tensor", async () => {
    const patterns = Uint16Array.from(decode_f16, ([half]) => half);
    const read: ArrayLike<number>[] = [Float32Array.from(patterns, decodeF16)];
    for (const backend of Object.values(backends)) {
      using t = fromStored(backend, patterns, [patterns.length], "f16");
      read.push(await t.data());
    }
    for (const values of read) {
      decode_f16.forEach(([, to], i) => {
        float[0] = values[i];
        if (to === "nan") expect(float[0]).toBeNaN();
        else expect(bits[0]).toBe(to);
      });
    }
  });
});

describe.each(["reference", "cpu"])("on %s", (name) => {
  const on = (): Backend => backends[name];

  describe("activations.json", () => {
    type Results = Record<ActivationName, (number | string)[]>;
    const { x, float32, float64 } = fixture<{ x: number[]; float32: Results; float64: Results }>("activations");

    test.each(activationNames)("%s, alone and as a gate", async (activationName) => {
      // Where torch's f32 formula overflows on the way (gelu of 3e38), its f64 one is the answer.
      const expected = float32[activationName].map((y, i) => {
        const value = numberOf(y);
        return Number.isFinite(value) ? value : Math.fround(numberOf(float64[activationName][i]));
      });
      using alone = scope(() => activation(tensor(on(), x), activationName));
      using gated = scope(() =>
        gatedActivation(tensor(on(), x), ones(on(), [x.length]), { activation: activationName }),
      );
      for (const values of [await alone.data(), await gated.data()]) {
        expected.forEach((y, i) => {
          if (!Number.isFinite(y)) expect(values[i]).toBe(y);
          else expect(Math.abs(values[i] - y), `x = ${x[i]}`).toBeLessThanOrEqual(1e-6 + 1e-6 * Math.abs(y));
        });
      }
    });
  });

  describe("norms.json", () => {
    interface NormCase {
      readonly norm: string;
      readonly dtype: "float32" | "bfloat16" | "float16";
      readonly eps: number;
      readonly x: number[][];
      readonly weight: number[];
      readonly y: number[][];
    }
    const { cases, helium_vs_llama_bf16_differing_values } = fixture<{
      cases: NormCase[];
      helium_vs_llama_bf16_differing_values: number;
    }>("norms");
    const dtypeOf: Record<NormCase["dtype"], DType> = { float32: "f32", bfloat16: "bf16", float16: "f16" };
    const modes: Record<string, NormWeightMode> = {
      helium: "f32-mul",
      llama: "cast-then-mul",
      "llama_eps1e-8": "cast-then-mul",
      olmo2: "f32-mul",
      gemma2: "one-plus",
    };

    const apply = ({ norm, eps, x, weight, dtype }: NormCase, mode = modes[norm]): Tensor =>
      scope(() => {
        const rows = tensor(on(), x, { dtype: dtypeOf[dtype] });
        const w = tensor(on(), weight, { dtype: dtypeOf[dtype] });
        return norm === "cohere_layernorm"
          ? layerNorm(rows, w, undefined, { eps })
          : rmsNorm(rows, w, { eps, weightMode: mode });
      });

    test.each(cases.map((c) => [`${c.norm} ${c.dtype}`, c] as const))("%s", async (_, c) => {
      using out = apply(c);
      const values = await out.data();
      const { encode, decode } = dtypes[dtypeOf[c.dtype]];
      c.y.flat().forEach((y, i) => {
        // f32: the fixture's nine digits and another summation order. 16 bits: one unit in the last place.
        const step = c.dtype === "float32" ? 2e-6 * Math.abs(y) : Math.abs(decode(encode(y) + 1) - decode(encode(y)));
        expect(Math.abs(values[i] - y), `element ${i}`).toBeLessThanOrEqual(step);
      });
    });

    test("helium's and llama's order of casting differ in bf16 as often as torch says", async () => {
      const c = cases.find((one) => one.norm === "helium" && one.dtype === "bfloat16")!;
      using helium = apply(c, "f32-mul");
      using llama = apply(c, "cast-then-mul");
      const [a, b] = [await helium.data(), await llama.data()];
      expect(a.filter((value, i) => value !== b[i])).toHaveLength(helium_vs_llama_bf16_differing_values);
    });
  });

  describe("rope.json rotations", () => {
    interface Rotation {
      readonly theta: number;
      readonly positions: number[];
      readonly x: number[][];
      readonly interleaved: number[][];
      readonly half: number[][];
    }
    const { rotation } = fixture<{ rotation: Rotation & { spec_10_1: Omit<Rotation, "x"> & { x: number[] } } }>("rope");
    const { spec_10_1: spec } = rotation;
    const rotations = { torch: rotation, "spec 10.1": { ...spec, x: spec.positions.map(() => spec.x) } };

    test.each(Object.entries(rotations))("%s, both pairings", async (_, { theta, positions, x, ...expected }) => {
      const half = x[0].length / 2;
      const angles = positions.flatMap((p) => Array.from({ length: half }, (_, i) => p * theta ** (-i / half)));
      for (const pairing of ["interleaved", "half"] as const) {
        using out = scope(() => {
          const table = (fn: (angle: number) => number): Tensor =>
            tensor(on(), angles.map(fn), { shape: [1, positions.length, half] });
          return rope(reshape(tensor(on(), x), [1, 1, positions.length, 2 * half]), table(Math.cos), table(Math.sin), {
            pairing,
          });
        });
        const values = await out.data();
        expected[pairing].flat().forEach((y, i) => {
          // Torch's f32 angle is coarse at position 4000.
          const tolerance = positions[Math.floor(i / (2 * half))] > 100 ? 2e-4 : 1e-5;
          expect(Math.abs(values[i] - y), `element ${i}`).toBeLessThanOrEqual(tolerance);
        });
      }
    });
  });
});
