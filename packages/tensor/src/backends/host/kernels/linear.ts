import type { Operand } from "../../../contract/operand.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { halfTable, LANES, loads } from "../lanes.ts";
import { matvecF32, matvecHalf } from "../matvec.ts";
import { multiplyRows, type Rows } from "../product.ts";
import type { Scratch } from "../scratch.ts";

/** Weight rows per matvec call: whole groups of six that fit in lanes. */
const ROWS = LANES - (LANES % 6);

/** From this many rows of x on it pays to unpack weights to f64 once for all of them. */
const TILE_ROWS = 4;

function rowsOf({ handle, dtype, layout: { offset, strides } }: Operand): Rows {
  return { array: arrayOf(handle), dtype, at: offset, rowStride: strides[0], step: strides[1] };
}

/** Few rows: weights are read where they lie. Many rows, or weights with a stride along K: packed tiles. */
export function createLinear(scratch: Scratch): Kernel<"linear"> {
  const { y: sums } = scratch;

  const loadBias = (bias: Operand, N: number): Float64Array => {
    const values = scratch.take("bias", N);
    loads[bias.dtype](values, 0, N, arrayOf(bias.handle), bias.layout.offset, bias.layout.strides[0]);
    return values;
  };

  return (out, { x, weight, bias }) => {
    const [M, K] = x.layout.shape;
    const [N] = weight.layout.shape;
    const shift = bias ? loadBias(bias, N) : null;
    const target = arrayOf(out.handle);
    const left = rowsOf(x);
    const right = rowsOf(weight);
    if (M >= TILE_ROWS || right.step !== 1) {
      multiplyRows(scratch, { array: target, dtype: out.dtype, at: out.layout.offset, M, N }, left, right, K, shift);
      return;
    }
    const row = scratch.take("left", K);
    for (let m = 0; m < M; m++) {
      loads[left.dtype](row, 0, K, left.array, left.at + m * left.rowStride, left.step);
      for (let n0 = 0; n0 < N; n0 += ROWS) {
        const count = Math.min(ROWS, N - n0);
        const at = right.at + n0 * right.rowStride;
        if (right.array instanceof Float32Array) {
          matvecF32(right.array, at, right.rowStride, row, K, sums, count);
        } else {
          const table = halfTable(right.dtype === "f16" ? "f16" : "bf16");
          matvecHalf(right.array as Uint16Array, table, at, right.rowStride, row, K, sums, count);
        }
        storeSums(target as Float32Array, out.layout.offset + m * N + n0, sums, count, shift, n0);
      }
    }
  };
}

function storeSums(
  out: Float32Array,
  at: number,
  sums: Float64Array,
  count: number,
  bias: Float64Array | null,
  n0: number,
): void {
  for (let n = 0; n < count; n++) out[at + n] = sums[n] + (bias === null ? 0 : bias[n0 + n]);
}
