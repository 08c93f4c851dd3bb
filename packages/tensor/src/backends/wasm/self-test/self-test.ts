import { quantFormatNames } from "../../../quant/formats/index.ts";
import type { Arena } from "../memory/arena.ts";
import { KernelContext } from "../kernel-context.ts";
import type { Executor } from "../threads/executor.ts";
import type { Build } from "../module.ts";
import { attentionInt8IsRight, attentionIsRight } from "./self-test-attention.ts";
import { productIsRight, quantProductIsRight, rowsAreRight, columnProductIsRight } from "./self-test-checks.ts";

type Check = (context: KernelContext) => boolean;

/** One call per kernel that does arithmetic, small enough that all of them take a few milliseconds. */
export const checks: Readonly<Record<string, Check>> = {
  linearRowsF32: (context) => productIsRight(context, "linearRowsF32", "f32", 7, 11, 37),
  linearRowsBf16: (context) => productIsRight(context, "linearRowsBf16", "bf16", 7, 11, 37),
  linearRowsF16: (context) => productIsRight(context, "linearRowsF16", "f16", 7, 11, 37),
  linearRowsFiniteF16: (context) => productIsRight(context, "linearRowsFiniteF16", "f16", 7, 11, 549),
  linearTilesF32: (context) => productIsRight(context, "linearTilesF32", "f32", 11, 7, 41),
  linearTilesBf16: (context) => productIsRight(context, "linearTilesBf16", "bf16", 11, 7, 41),
  linearTilesF16: (context) => productIsRight(context, "linearTilesF16", "f16", 11, 7, 41),
  matmulF32: (context) => columnProductIsRight(context, 13, 11, 37),
  softmax: (context) => rowsAreRight(context, "softmax"),
  rmsNorm: (context) => rowsAreRight(context, "rmsNorm"),
  gatedActivation: (context) => rowsAreRight(context, "gatedActivation"),
  attentionF32: (context) => attentionIsRight(context, 1) && attentionIsRight(context, 8),
  attentionInt8: (context) => attentionInt8IsRight(context, 1) && attentionInt8IsRight(context, 8),
  ...Object.fromEntries(quantFormatNames.map((name) => [name, (context) => quantProductIsRight(context, name)])),
};

/**
 * What a build must get right before it is used: engines have miscompiled SIMD (V8 11.3's baseline tier gives wrong lanes
 * for one relaxed dot product).
 *
 * @returns the name of the first kernel that is wrong, or null
 */
export function selfTest(arena: Arena, executor: Executor, build: Build): string | null {
  const context = new KernelContext(arena, executor, build);
  for (const [name, isRight] of Object.entries(checks)) {
    let right = false;
    context.scoped(() => {
      right = isRight(context);
    });
    if (!right) return name;
  }
  return null;
}
