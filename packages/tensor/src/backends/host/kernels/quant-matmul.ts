import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { rowReader } from "../quant-rows.ts";
import { loads } from "../lanes.ts";
import { matvecF32 } from "../matvec.ts";
import { multiplyRows } from "../product.ts";
import type { Scratch } from "../scratch.ts";

/** Weight rows dequantised at a time: groups of four and of six, and a few hundred KiB at the widths of small models. */
const ROWS = 48;

/** From this many rows of x on it pays to pack them, as in `linear`. */
const TILE_ROWS = 4;

/**
 * Runs of weight rows are dequantised, each weight once per call, and multiplied as `linear` multiplies f32 weights, so
 * the result is that of `linear` on the dequantised matrix, bit for bit.
 */
export function createQuantMatmul(scratch: Scratch): Kernel<"quantMatmul"> {
  let panel = new Float32Array(0);
  let products = new Float32Array(0);
  const { y: sums } = scratch;

  return (out, { x, weight, bias }) => {
    const { rows: N, columns: K } = weight;
    const [M] = x.layout.shape;
    const readRows = rowReader(weight);
    if (panel.length < ROWS * K) panel = new Float32Array(ROWS * K);
    const shift = scratch.take("bias", N).fill(0, 0, N);
    if (bias) loads[bias.dtype](shift, 0, N, arrayOf(bias.handle), bias.layout.offset, bias.layout.strides[0]);
    const target = arrayOf(out.handle) as Float32Array;
    const { offset } = out.layout;
    const source = arrayOf(x.handle);
    const [rowStride, step] = x.layout.strides;

    const fewRows = (n0: number, count: number): void => {
      const row = scratch.take("left", K);
      for (let m = 0; m < M; m++) {
        loads[x.dtype](row, 0, K, source, x.layout.offset + m * rowStride, step);
        matvecF32(panel, 0, K, row, K, sums, count);
        for (let n = 0; n < count; n++) target[offset + m * N + n0 + n] = sums[n] + shift[n0 + n];
      }
    };

    const manyRows = (n0: number, count: number): void => {
      if (products.length < M * count) products = new Float32Array(M * ROWS);
      const left = { array: source, dtype: x.dtype, at: x.layout.offset, rowStride, step };
      const right = { array: panel, dtype: "f32", at: 0, rowStride: K, step: 1 } as const;
      const block = { array: products, dtype: "f32", at: 0, M, N: count } as const;
      multiplyRows(scratch, block, left, right, K, shift.subarray(n0, n0 + count));
      for (let m = 0; m < M; m++) target.set(products.subarray(m * count, (m + 1) * count), offset + m * N + n0);
    };

    for (let n0 = 0; n0 < N; n0 += ROWS) {
      const count = Math.min(ROWS, N - n0);
      readRows(panel, n0, count);
      if (M < TILE_ROWS) fewRows(n0, count);
      else manyRows(n0, count);
    }
  };
}
