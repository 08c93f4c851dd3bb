import type { CoreKernels } from "../../../contract/kernels.ts";
import { dtypes } from "../../../dtypes/dtype.ts";
import { contiguousLayout, sizeOf } from "../../../layout.ts";
import type { Device } from "../device.ts";
import { wasmStorage } from "../memory/storage.ts";
import { noteWritten } from "./special-halves.ts";

export const createCopy =
  (device: Device): CoreKernels["copy"] =>
  (out, { x }) =>
    device.scoped(() => device.move(device.address(out), out.layout, x));

/** f32 rows for a bf16 target, as those of a cache, are rounded on the way; rows for another memory go there first. */
export const createSliceUpdate =
  (device: Device): CoreKernels["sliceUpdate"] =>
  (out, { source }) =>
    device.scoped(() => {
      const there = device.at(out);
      if (source.dtype === "f16" && there === device) {
        // Looked through once where they are still in one piece.
        const halves = device.dense(source);
        device.moveBytes(device.address(out), out.layout, halves, contiguousLayout(source.layout.shape), 2);
        return noteWritten(device, wasmStorage(out.handle), halves, sizeOf(source.layout.shape));
      }
      if (source.dtype === out.dtype && there === device) return device.move(device.address(out), out.layout, source);
      const { shape } = source.layout;
      const bytes = dtypes[out.dtype].bytes * sizeOf(shape);
      let rows = device.dense(source);
      if (source.dtype !== out.dtype) {
        const rounded = device.temporary(bytes);
        device.narrowBf16(rounded, rows, sizeOf(shape));
        rows = rounded;
      }
      there.scoped(() => {
        const from = there === device ? rows : there.bring(device, rows, bytes);
        there.moveBytes(there.address(out), out.layout, from, contiguousLayout(shape), dtypes[out.dtype].bytes);
      });
    });
