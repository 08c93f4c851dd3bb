import type { Operand } from "../../contract/operand.ts";
import type { TypedArray } from "../../dtypes/dtype.ts";
import { arrayOf } from "./host-memory.ts";
import { loads, stores } from "./lanes.ts";
import { leadLayout } from "../../layout.ts";
import { StridedRuns } from "./strided-runs.ts";
import type { Scratch } from "./scratch.ts";

/** Rewrites the C doubles of a row in place. */
export type RowFunction = (row: Float64Array, C: number) => void;

/** Fills `out [..., C]` from the rows of `x [..., C]`: loads each row as doubles, applies `op`, stores it. */
export type RowMap = (out: Operand, x: Operand, op: RowFunction) => void;

export function createRowMap(scratch: Scratch): RowMap {
  const runs = new StridedRuns();
  return (out, x, op) => {
    const source = arrayOf(x.handle);
    const target = arrayOf(out.handle);
    const load = loads[x.dtype];
    const store = stores[out.dtype];
    const axis = x.layout.shape.length - 1;
    const C = x.layout.shape[axis];
    const row = scratch.take("row", C);
    runs.plan(leadLayout(out.layout), leadLayout(x.layout));
    const { at, step } = runs;
    while (runs.next()) {
      for (let i = 0; i < runs.length; i++) {
        load(row, 0, C, source, at[1] + i * step[1], x.layout.strides[axis]);
        op(row, C);
        store(row, 0, C, target, at[0] + i * step[0], out.layout.strides[axis]);
      }
    }
  };
}

/** A vector operand as doubles. */
export function loadVector(lanes: Float64Array, operand: Operand): Float64Array {
  const { shape, strides, offset } = operand.layout;
  const array: TypedArray = arrayOf(operand.handle);
  loads[operand.dtype](lanes, 0, shape[0], array, offset, strides[0]);
  return lanes;
}
