import type { DType, TypedArray } from "../../dtypes/dtype.ts";
import { encodeBf16, encodeF16 } from "../../dtypes/half.ts";
import { loads } from "./lanes.ts";
import type { Scratch } from "./scratch.ts";
import { tile1x4, tile4x4 } from "./tile.ts";

/** Doubles of packed left rows (4 MiB): enough rows to pay for packing the right ones, small enough for the cache. */
const BLOCK = 2 ** 19;

/** Rows of K elements in place: element (r, k) is at `at + r·rowStride + k·step`. */
export interface Rows {
  readonly array: TypedArray;
  readonly dtype: DType;
  readonly at: number;
  readonly rowStride: number;
  readonly step: number;
}

/** Contiguous `[M, N]` result. */
export interface Product {
  readonly array: TypedArray;
  readonly dtype: DType;
  readonly at: number;
  readonly M: number;
  readonly N: number;
}

/**
 * `out[m, n] = Σₖ a[m, k]·b[n, k] + bias[n]`. Rows of a are packed once per block, four rows of b at a time once per
 * block; strides and 16-bit formats end there, the tiles see only doubles back to back.
 */
export function multiplyRows(
  scratch: Scratch,
  out: Product,
  a: Rows,
  b: Rows,
  K: number,
  bias: Float64Array | null,
): void {
  const { M, N } = out;
  const { tile } = scratch;
  const flush = out.dtype === "f32" ? flushF32 : out.dtype === "f16" ? flushF16 : flushBf16;
  const blockRows = Math.max(4, Math.floor(BLOCK / Math.max(K, 1)) & ~3);
  const left = scratch.take("left", Math.min(M, blockRows) * K);
  const right = scratch.take("right", 4 * K);
  for (let m0 = 0; m0 < M; m0 += blockRows) {
    const rows = Math.min(blockRows, M - m0);
    pack(left, a, m0, rows, K);
    for (let n0 = 0; n0 < N; n0 += 4) {
      // Past N the tile multiplies leftovers, which are not stored.
      const columns = Math.min(4, N - n0);
      pack(right, b, n0, columns, K);
      let r = 0;
      for (; r + 4 <= rows; r += 4) {
        tile4x4(left, r * K, right, 0, K, tile);
        flush(out.array, out.at + (m0 + r) * N + n0, N, 4, columns, tile, bias, n0);
      }
      for (; r < rows; r++) {
        tile1x4(left, r * K, right, 0, K, tile);
        flush(out.array, out.at + (m0 + r) * N + n0, N, 1, columns, tile, bias, n0);
      }
    }
  }
}

function pack(panel: Float64Array, source: Rows, first: number, rows: number, K: number): void {
  const load = loads[source.dtype];
  for (let r = 0; r < rows; r++) {
    load(panel, r * K, K, source.array, source.at + (first + r) * source.rowStride, source.step);
  }
}

/** Stores the upper left part of a tile, bias added. */
type Flush = (
  out: TypedArray,
  at: number,
  N: number,
  rows: number,
  columns: number,
  sums: Float64Array,
  bias: Float64Array | null,
  n0: number,
) => void;

const flushF32: Flush = (out, at, N, rows, columns, sums, bias, n0) => {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[at + r * N + c] = sums[4 * r + c] + (bias === null ? 0 : bias[n0 + c]);
  }
};

const flushF16: Flush = (out, at, N, rows, columns, sums, bias, n0) => {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++)
      out[at + r * N + c] = encodeF16(sums[4 * r + c] + (bias === null ? 0 : bias[n0 + c]));
  }
};

const flushBf16: Flush = (out, at, N, rows, columns, sums, bias, n0) => {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++)
      out[at + r * N + c] = encodeBf16(sums[4 * r + c] + (bias === null ? 0 : bias[n0 + c]));
  }
};
