import type { CoreKernels } from "../../../contract/kernels.ts";
import { dtypes } from "../../../dtypes/dtype.ts";
import { contiguousLayout, sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { wasmStorage } from "../memory/storage.ts";
import { noteWritten } from "./special-halves.ts";

export const createCopy =
  (context: KernelContext): CoreKernels["copy"] =>
  (out, { x }) =>
    context.scoped(() => context.move(context.address(out), out.layout, x));

/** f32 rows for a bf16 target, as those of a cache, are rounded on the way; rows for another memory go there first. */
export const createSliceUpdate =
  (context: KernelContext): CoreKernels["sliceUpdate"] =>
  (out, { source }) =>
    context.scoped(() => {
      const there = context.at(out);
      if (source.dtype === "f16" && there === context) {
        // Looked through once where they are still in one piece.
        const halves = context.dense(source);
        context.moveBytes(context.address(out), out.layout, halves, contiguousLayout(source.layout.shape), 2);
        return noteWritten(context, wasmStorage(out.handle), halves, sizeOf(source.layout.shape));
      }
      if (source.dtype === out.dtype && there === context)
        return context.move(context.address(out), out.layout, source);
      const { shape } = source.layout;
      const bytes = dtypes[out.dtype].bytes * sizeOf(shape);
      let rows = context.dense(source);
      if (source.dtype !== out.dtype) {
        const rounded = context.temporary(bytes);
        context.narrowBf16(rounded, rows, sizeOf(shape));
        rows = rounded;
      }
      there.scoped(() => {
        const from = there === context ? rows : there.bring(context, rows, bytes);
        there.moveBytes(there.address(out), out.layout, from, contiguousLayout(shape), dtypes[out.dtype].bytes);
      });
    });
