import type { Operand } from "../../../contract/operand.ts";
import { contiguousLayout, isContiguous, sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { wgsl } from "../wgsl/tag.ts";
import { placed, runElementwise, type Placed } from "./elementwise.ts";
import { asBits } from "./stored.ts";

/** An operand's elements in row-major order: its own, or those of a copy for the time of a `scoped`. */
export function dense(context: KernelContext, operand: Operand): Placed {
  return isContiguous(operand.layout) ? placed(operand) : copied(context, operand);
}

/** As `dense`, from a multiple of 4 elements on: 32-bit elements can be read as vectors. */
export function aligned(context: KernelContext, operand: Operand): Placed {
  const isAligned = isContiguous(operand.layout) && operand.layout.offset % 4 === 0;
  return isAligned ? placed(operand) : copied(context, operand);
}

function copied(context: KernelContext, operand: Operand): Placed {
  const stored = asBits(operand.dtype);
  const layout = contiguousLayout(operand.layout.shape);
  const place = context.temporary(Math.ceil((sizeOf(layout.shape) * stored.bits) / 32) * 4);
  runElementwise(context, {
    ...{ name: "copy", out: { place, layout }, stored },
    inputs: [{ name: "x", operand: placed(operand), stored }],
    value: () => wgsl`x`,
  });
  return { place, layout };
}
