import { expect, test } from "vitest";
import { gatedProjectionOnto, scope, zeros } from "@helium-lm/tensor";
import { createIdleWebGpu } from "../../../../testing/conformance/idle-webgpu.ts";

/** Dispatches of a stream that goes into gate and up. */
function dispatchesOf(
  device: { readonly isFallback: boolean; readonly storages: number },
  [M, K, N]: readonly [number, number, number],
  hasBias: boolean,
): number {
  const backend = createIdleWebGpu(device);
  const count = (): number => Number(backend.info()["dispatches"]);
  const taken = scope(() => {
    const [x, residual, weight, gate] = [
      zeros(backend, [M, K]),
      zeros(backend, [M, K]),
      zeros(backend, [K]),
      zeros(backend, [N, K], "bf16"),
    ];
    const bias = hasBias && { gateBias: zeros(backend, [N]), upBias: zeros(backend, [N]) };
    const before = count();
    const norm = { weight, eps: 1e-5 };
    gatedProjectionOnto(x, { ...norm, residual }, { gate, up: gate, activation: "silu", ...bias }, norm);
    return count() - before;
  });
  backend.dispose();
  return taken;
}

// A workgroup of the idle device shares 16 KiB.
test.each([
  { says: "one row", shape: [1, 256, 8], all: 1 },
  { says: "two rows: norm, then gate and up", shape: [2, 256, 8], all: 2 },
  { says: "a row that fits a workgroup", shape: [1, 3584, 8], all: 1 },
  { says: "a row that does not, where threads share it", shape: [1, 4096, 8], all: 1, shared: 2 },
  { says: "small matrices", shape: [1, 256, 256], all: 1 },
  { says: "larger ones, which a processor multiplies apart", shape: [1, 256, 257], all: 1, shared: 2 },
  { says: "nine storages on a device of eight", shape: [1, 256, 8], hasBias: true, all: 1, few: 2 },
  { says: "no columns of the result: the stream alone", shape: [1, 256, 0], all: 1 },
] as const)("$says", ({ shape, all, ...others }) => {
  const { hasBias, shared, few } = { hasBias: false, shared: all, few: all, ...others };
  expect(dispatchesOf({ isFallback: false, storages: 10 }, shape, hasBias)).toBe(all);
  expect(dispatchesOf({ isFallback: true, storages: 10 }, shape, hasBias)).toBe(shared);
  expect(dispatchesOf({ isFallback: false, storages: 8 }, shape, hasBias)).toBe(few);
});
