import { dtypes } from "../../../dtypes/dtype.ts";
import { ArgumentError } from "../../../errors.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../../host/host-memory.ts";
import { STATUS } from "../threads/control.ts";
import type { KernelContext } from "../kernel-context.ts";
import { grain } from "./row-reductions.ts";

export const createTopk =
  (context: KernelContext): Kernel<"topk"> =>
  (out, { x }, { k }) =>
    context.scoped(() => {
      const [M, C] = x.layout.shape;
      context.words(0, context.address(out), context.dense(x), k, 0, C);
      context.run("topk", M, grain(C));
    });

/** @throws ArgumentError for a position outside the row, which the kernel notes */
export const createTakeFromRows =
  (context: KernelContext): Kernel<"takeFromRows"> =>
  (out, { x, indices }) => {
    const [M, R] = x.layout.shape;
    const [, S] = indices.layout.shape;
    context.scoped(() => {
      const [from, picks] = [context.dense(x), context.dense(indices)];
      context.words(0, context.address(out), from, picks, R, S, dtypes[x.dtype].bytes, STATUS);
      context.run("takeFromRows", M, grain(S));
    });
    if (!context.takeStatus()) return;
    const stored = arrayOf(indices.handle);
    const { offset, strides } = indices.layout;
    for (let m = 0; m < M; m++)
      for (let s = 0; s < S; s++) {
        const index = stored[offset + m * strides[0] + s * strides[1]];
        if (index < 0 || index >= R)
          throw new ArgumentError("takeFromRows", `index ${index} of row ${m} is outside [0, ${R})`, {
            index,
            length: R,
          });
      }
  };
