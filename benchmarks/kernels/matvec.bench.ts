import {
  createBackend,
  decodeBf16,
  decodeF16,
  dtypes,
  fromStored,
  linear,
  tensor,
  type DType,
} from "@helium-lm/tensor";
import type { Case } from "../harness.ts";
import { randomValues } from "./random.ts";

/** `[N, K]` of a matrix in Helium-1 2B, and of one in helium-nano that stays in the cache. */
const shapes = [
  [2560, 7040],
  [704, 256],
] as const;

/** One row through `linear`, weights as stored, beside a loop that decodes weight by weight. */
export async function matvecCases(): Promise<Case[]> {
  const backend = await createBackend("cpu");
  return shapes.flatMap(([N, K]) =>
    (["f32", "bf16", "f16"] as const).map((dtype) => {
      const stored = encodeAll(randomValues(N * K, 3), dtype);
      const input = randomValues(K, 4);
      const weight = fromStored(backend, stored, [N, K], dtype);
      const x = tensor(backend, input, { shape: [1, K] });
      const out = new Float32Array(N);
      const work = (2 * N * K) / 1e9;
      return {
        name: `matvec ${dtype} ${N}×${K}`,
        unit: "GFLOP/s",
        ours: { run: () => linear(x, weight).dispose(), work },
        naive: { run: () => naive[dtype](stored, input, out), work },
        also: { "GB/s": (N * K * dtypes[dtype].bytes) / 1e9 },
      };
    }),
  );
}

type Matvec = (weights: Float32Array | Uint16Array, x: Float32Array, out: Float32Array) => void;

/** One loop per dtype, so that each is compiled for its own kind of array. */
const naive: { readonly [K in "f32" | "bf16" | "f16"]: Matvec } = {
  f32(weights, x, out) {
    for (let n = 0, at = 0; n < out.length; n++) {
      let sum = 0;
      for (let k = 0; k < x.length; k++, at++) sum += (weights[at] as number) * (x[k] as number);
      out[n] = sum;
    }
  },
  bf16(weights, x, out) {
    for (let n = 0, at = 0; n < out.length; n++) {
      let sum = 0;
      for (let k = 0; k < x.length; k++, at++) sum += decodeBf16(weights[at] as number) * (x[k] as number);
      out[n] = sum;
    }
  },
  f16(weights, x, out) {
    for (let n = 0, at = 0; n < out.length; n++) {
      let sum = 0;
      for (let k = 0; k < x.length; k++, at++) sum += decodeF16(weights[at] as number) * (x[k] as number);
      out[n] = sum;
    }
  },
};

function encodeAll(values: Float32Array, dtype: DType): Float32Array | Uint16Array {
  return dtype === "f32" ? values : Uint16Array.from(values, dtypes[dtype].encode);
}
