import { quantFormatNames } from "../../../quant/formats/index.ts";
import type { Arena } from "../memory/arena.ts";
import { Device } from "../device.ts";
import type { Executor } from "../threads/executor.ts";
import type { Build } from "../module.ts";
import { attentionInt8IsRight, attentionIsRight } from "./self-test-attention.ts";
import { productIsRight, quantProductIsRight, rowsAreRight, columnProductIsRight } from "./self-test-checks.ts";

type Check = (device: Device) => boolean;

/** One call per kernel that does arithmetic, small enough that all of them take a few milliseconds. */
export const checks: Readonly<Record<string, Check>> = {
  linearRowsF32: (device) => productIsRight(device, "linearRowsF32", "f32", 7, 11, 37),
  linearRowsBf16: (device) => productIsRight(device, "linearRowsBf16", "bf16", 7, 11, 37),
  linearRowsF16: (device) => productIsRight(device, "linearRowsF16", "f16", 7, 11, 37),
  linearRowsFiniteF16: (device) => productIsRight(device, "linearRowsFiniteF16", "f16", 7, 11, 549),
  linearTilesF32: (device) => productIsRight(device, "linearTilesF32", "f32", 11, 7, 41),
  linearTilesBf16: (device) => productIsRight(device, "linearTilesBf16", "bf16", 11, 7, 41),
  linearTilesF16: (device) => productIsRight(device, "linearTilesF16", "f16", 11, 7, 41),
  matmulF32: (device) => columnProductIsRight(device, 13, 11, 37),
  softmax: (device) => rowsAreRight(device, "softmax"),
  rmsNorm: (device) => rowsAreRight(device, "rmsNorm"),
  gatedActivation: (device) => rowsAreRight(device, "gatedActivation"),
  attentionF32: (device) => attentionIsRight(device, 1) && attentionIsRight(device, 8),
  attentionInt8: (device) => attentionInt8IsRight(device, 1) && attentionInt8IsRight(device, 8),
  ...Object.fromEntries(quantFormatNames.map((name) => [name, (device) => quantProductIsRight(device, name)])),
};

/**
 * What a build must get right before it is used: engines have miscompiled SIMD (V8 11.3's baseline tier gives wrong lanes
 * for one relaxed dot product).
 *
 * @returns the name of the first kernel that is wrong, or null
 */
export function selfTest(arena: Arena, executor: Executor, build: Build): string | null {
  const device = new Device(arena, executor, build);
  for (const [name, isRight] of Object.entries(checks)) {
    let right = false;
    device.scoped(() => {
      right = isRight(device);
    });
    if (!right) return name;
  }
  return null;
}
