import {
  gatedProjection,
  gatedProjectionOnto,
  narrow,
  projections,
  QuantMatrix,
  residualProjection,
  ropeAppend,
  sampleTokens,
  scope,
  zeros,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { quantRowBytes, type QuantFormatName } from "@helium-lm/tensor/quant";
import { createWebGpuBackend } from "@helium-lm/tensor/backends/webgpu";
import { findAdapter } from "../../src/backends/webgpu/device/adapter.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { Device } from "../../src/backends/webgpu/device/device.ts";
import { Features } from "../../src/backends/webgpu/features/features.ts";
import { integers } from "./scenarios/scenario-values.ts";

const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];

const K = 256;

/** Weights [N, 256] of zeros. */
const blocks = (backend: Backend, format: QuantFormatName, N = 64): QuantMatrix =>
  QuantMatrix.fromBlocks(backend, format, [N, K], new Uint8Array(N * quantRowBytes(format, K)));
const floats = (backend: Backend, dtype: DType, N = 64): Tensor => zeros(backend, [N, K], dtype);

/** Something to be done, made ready: what that takes does not count. */
type Prepared = (backend: Backend) => () => void;

/** A token whose q, k and v lie side by side. */
const append =
  (stored: DType): Prepared =>
  (backend) => {
    const all = zeros(backend, [1, 8, 32]);
    const [q, k, v] = [narrow(all, 1, 0, 4), narrow(all, 1, 4, 2), narrow(all, 1, 6, 2)];
    const [cos, sin] = [zeros(backend, [4, 16]), zeros(backend, [4, 16])];
    const [keys, values] = [zeros(backend, [2, 2, 16, 32], stored), zeros(backend, [2, 2, 16, 32], stored)];
    const [keyScales, valueScales] = [zeros(backend, [2, 2, 16]), zeros(backend, [2, 2, 16])];
    const places = { positions: integers(backend, [1]), slots: integers(backend, [1]) };
    const options = {
      pairing: "half",
      ...places,
      keys,
      values,
      ...(stored === "i8" && { keyScales, valueScales }),
    } as const;
    return () => ropeAppend(q, k, v, cos, sin, options);
  };

const work: Readonly<Record<string, Prepared>> = {
  "q, k and v in three formats": (backend) => {
    const weights = [blocks(backend, "q4_0"), blocks(backend, "q8_0"), floats(backend, "bf16")] as const;
    const [x, weight] = [zeros(backend, [1, K]), zeros(backend, [K])];
    return () => projections(x, weights, { weight, eps: 1e-5 });
  },
  "gate in blocks, up in floats": (backend) => {
    const weights = { gate: blocks(backend, "q8_0"), up: floats(backend, "f16"), activation: "silu" } as const;
    const [x, weight] = [zeros(backend, [1, K]), zeros(backend, [K])];
    return () => gatedProjection(x, weights, { weight, eps: 1e-5 });
  },
  "gate and up of a stream": (backend) => {
    const weights = { gate: blocks(backend, "q4_0"), up: blocks(backend, "q4_0"), activation: "silu" } as const;
    const [x, residual, weight] = [zeros(backend, [1, K]), zeros(backend, [1, K]), zeros(backend, [K])];
    const norm = { weight, eps: 1e-5 };
    return () => gatedProjectionOnto(x, { ...norm, residual }, weights, norm);
  },
  "down in floats": (backend) => {
    const [x, weight] = [zeros(backend, [1, K]), floats(backend, "f32", K)];
    return () => residualProjection(x, weight, x);
  },
  "keys and values in f16": append("f16"),
  "keys and values in 8 bits": append("i8"),
  "a sampled token": (backend) => {
    const [logits, temperature] = [zeros(backend, [1, 512]), zeros(backend, [1])];
    const [topK, topP, uniform] = [integers(backend, [40]), zeros(backend, [1]), zeros(backend, [1])];
    return () => sampleTokens(logits, { temperature, topK, topP, uniform });
  },
};

/** On a device of which no limits are asked for: eight storages for a kernel. */
async function small(): Promise<WebGpuBackend> {
  const adapter = await findAdapter({ dawnFlags });
  const device = new Device({ adapter, device: await adapter.requestDevice(), language: [] });
  return new WebGpuBackend(device, false, new Features(device, { features: "none" }));
}

const dispatchesOf = (backend: Backend): number => Number(backend.info()["dispatches"]);

/** Dispatches of each, on a device with all that its adapter has and on a small one. */
export async function dispatches(): Promise<Readonly<Record<string, readonly [all: number, few: number]>>> {
  const backends = [await createWebGpuBackend({ dawnFlags }), await small()];
  const counts = Object.entries(work).map(([name, prepare]) => [
    name,
    backends.map((backend) =>
      scope(() => {
        const run = prepare(backend);
        const before = dispatchesOf(backend);
        run();
        return dispatchesOf(backend) - before;
      }),
    ),
  ]);
  for (const backend of backends) backend.dispose();
  return Object.fromEntries(counts) as Record<string, readonly [number, number]>;
}
