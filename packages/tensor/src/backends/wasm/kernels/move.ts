import type { Operand } from "../../../backend.ts";
import { ArgumentError } from "../../../errors.ts";
import type { CoreKernels } from "../../../kernels.ts";
import { contiguousLayout, sizeOf, type Layout } from "../../../layout.ts";
import { arrayOf } from "../../host-memory.ts";
import type { Device } from "../device.ts";

export const createCopy =
  (device: Device): CoreKernels["copy"] =>
  (out, { x }) =>
    device.scoped(() => device.move(device.address(out), out.layout, x));

export const createSliceUpdate =
  (device: Device, other: CoreKernels["sliceUpdate"]): CoreKernels["sliceUpdate"] =>
  (out, inputs, params) => {
    const { source } = inputs;
    if (device.at(out) !== device) return other(out, inputs, params);
    if (source.dtype === out.dtype) return device.scoped(() => device.move(device.address(out), out.layout, source));
    if (source.dtype !== "f32" || out.dtype !== "bf16") return other(out, inputs, params);
    // f32 rows into a bf16 cache: rounded into a temporary, then moved.
    device.scoped(() => {
      const length = sizeOf(source.layout.shape);
      const rounded = device.temporary(2 * length);
      device.narrowBf16(rounded, device.dense(source), length);
      device.moveBytes(device.address(out), out.layout, rounded, contiguousLayout(source.layout.shape), 2);
    });
  };

/** Rows as they are stored, one block each; a table that is widened or strided goes by elements. */
export const createGather =
  (device: Device, other: CoreKernels["gather"]): CoreKernels["gather"] =>
  (out, inputs, params) => {
    const { table, indices } = inputs;
    const wide = out.dtype === "f32" && (table.dtype === "bf16" || table.dtype === "f16");
    if (!(out.dtype === table.dtype || wide) || !rowsAreSolid(table.layout)) return other(out, inputs, params);
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
