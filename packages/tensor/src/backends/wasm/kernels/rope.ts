import type { Operand } from "../../../contract/operand.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";

const solidRows = ({ layout: { shape, strides } }: Operand): boolean =>
  shape[shape.length - 1] <= 1 || strides[strides.length - 1] === 1;

export const createRope =
  (context: KernelContext): FusedKernels["rope"] =>
  (out, { x, cos, sin, positions }, { pairing }) =>
    context.scoped(() => {
      const [N, H, D] = x.layout.shape as [number, number, number];
      const [M, half] = cos.layout.shape as [number, number];
      const inPlace = solidRows(x);
      const from = inPlace ? context.address(x) : context.dense(x);
      const steps = inPlace ? x.layout.strides : [H * D, D];
      const [c, s, places] = [table(context, cos), table(context, sin), context.dense(positions)];
      context.words(0, context.address(out), from, c.address, s.address, places);
      context.words(5, H, D, half, M, pairing === "half" ? 1 : 0, 4 * steps[0], 4 * steps[1], 4 * c.step, 4 * s.step);
      context.run("rope", N * H, Math.ceil(16384 / Math.max(1, D)));
    });

/** A table in place where its rows are solid, else copied; elements from one row to the next. */
function table(context: KernelContext, x: Operand): { readonly address: number; readonly step: number } {
  if (solidRows(x)) return { address: context.address(x), step: x.layout.strides[0] };
  return { address: context.dense(x), step: x.layout.shape[1] };
}
