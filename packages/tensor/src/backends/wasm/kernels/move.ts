import type { Operand } from "../../../backend.ts";
import { ArgumentError } from "../../../errors.ts";
import type { Condition } from "../../../kernel-table.ts";
import type { CoreKernels } from "../../../kernels.ts";
import { dtypes } from "../../../dtype.ts";
import { contiguousLayout, sizeOf, type Layout } from "../../../layout.ts";
import { arrayOf } from "../../host-memory.ts";
import type { Device } from "../device.ts";

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

export const hasSolidRows: Condition<"gather"> = {
  says: "a table whose rows lie in one piece",
  holds: ({ table }) => rowsAreSolid(table.layout),
};

/** Rows as they are stored, one block each, or widened from 16 bits. */
export const createGather =
  (device: Device): CoreKernels["gather"] =>
  (out, { table, indices }) => {
    const wide = out.dtype !== table.dtype;
    const picks = readIndices("gather", indices, table.layout.shape[0]);
    const size = sizeOf(table.layout.shape.slice(1));
    const bytes = arrayOf(table.handle).BYTES_PER_ELEMENT;
    const there = device.at(table);
    const from = there.address(table);
    const to = device.address(out);
    device.scoped(() => {
      // A row from another memory passes through here before it is widened.
      const passing = there === device || !wide ? 0 : device.temporary(size * bytes);
      for (const [i, pick] of picks.entries()) {
        const row = from + pick * table.layout.strides[0] * bytes;
        const target = to + i * size * (wide ? 4 : bytes);
        const near = there === device ? row : wide ? passing : target;
        if (there !== device) device.arena.u8.set(there.arena.u8.subarray(row, row + size * bytes), near);
        if (wide) device.widen(target, near, size, table.dtype === "f16" ? "f16" : "bf16");
        else if (there === device) device.arena.u8.copyWithin(target, near, near + size * bytes);
      }
    });
  };

function rowsAreSolid({ shape, strides }: Layout): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis > 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** The row numbers. @throws ArgumentError for one outside the table, before anything is written */
export function readIndices(op: "gather" | "gatherQuant", indices: Operand, rows: number): Int32Array {
  const stored = arrayOf(indices.handle);
  const { offset, shape, strides } = indices.layout;
  return Int32Array.from({ length: shape[0] }, (_, i) => {
    const at = stored[offset + i * strides[0]];
    if (at < 0 || at >= rows)
      throw new ArgumentError(op, `index ${at} at position ${i} is outside [0, ${rows})`, { index: at, rows });
    return at;
  });
}
