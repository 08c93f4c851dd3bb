import type { Operand } from "../../../contract/operand.ts";
import type { CoreKernels, FusedKernels } from "../../../contract/kernels.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { findSpecialHalves } from "./special-halves.ts";
import type { KernelName } from "../kernel-names.ts";
import { wasmStorage } from "../memory/storage.ts";

/** From this many rows on the tiles beat reading the weights once per four rows, or per row where halves may be special. */
const TILE_ROWS = { usual: 12, special: 6 } as const;
/** Blocks of assembly/linear.ts. */
const M_BLOCK = 96;
const N_BLOCK = 64;
/** Rows and columns of a block of assembly/matmul.ts: large ones pack less, small ones leave work for all threads. */
const largeBlock = { rows: 192, columns: 256 };
const smallBlock = { rows: 96, columns: 64 };
/** Outputs from which blocks are large. */
const LARGE = 2 ** 17;

const rowKernels: { readonly [K in DType]?: KernelName } = {
  f32: "linearRowsF32",
  bf16: "linearRowsBf16",
  f16: "linearRowsF16",
};
const tileKernels: { readonly [K in DType]?: KernelName } = {
  f32: "linearTilesF32",
  bf16: "linearTilesBf16",
  f16: "linearTilesF16",
};

/** Rows of elements in place: address of the first and bytes from one to the next. */
export interface Rows {
  readonly address: number;
  readonly stride: number;
  readonly dtype: DType;
  /** f16 without infinities and NaN. */
  readonly finite?: boolean;
}

/** out[m, n] = Σₖ x[m, k]·w[n, k] + bias[n], out with rows of N back to back. */
function multiply(
  context: KernelContext,
  out: number,
  x: Rows,
  w: Rows,
  bias: number,
  M: number,
  N: number,
  K: number,
): void {
  if (M === 0 || N === 0) return;
  context.words(0, x.address, x.stride, w.address, w.stride, out, 4 * N, bias, M, N, K, context.wideCode);
  const work = 2 * Math.max(1, M) * Math.max(1, K);
  if (M < TILE_ROWS[w.dtype === "f16" && !w.finite ? "special" : "usual"]) {
    const kernel = w.finite ? "linearRowsFiniteF16" : (rowKernels[w.dtype] as KernelName);
    return context.run(kernel, Math.ceil(N / 8), Math.ceil(40_000 / work));
  }
  const blocks = Math.ceil(M / M_BLOCK) * Math.ceil(N / N_BLOCK);
  context.run(tileKernels[w.dtype] as KernelName, blocks, 1);
}

/** out[m, n] = Σₖ a[m, k]·b[k, n] in f32, b by its rows or, transposed, by its columns; out with rows of N back to back. */
function multiplyColumns(
  context: KernelContext,
  out: number,
  a: Rows,
  b: Rows,
  transposed: boolean,
  M: number,
  N: number,
  K: number,
): void {
  if (M === 0 || N === 0) return;
  const { rows, columns } = M * N < LARGE ? smallBlock : largeBlock;
  context.words(0, a.address, a.stride, b.address, b.stride, out, 4 * N, M, N, K, rows, columns, transposed ? 1 : 0);
  context.run("matmulF32", Math.ceil(M / rows) * Math.ceil(N / columns), 1);
}

/** The matrix of the last two axes of an operand at one index of the leading axes, with K last. */
export function matrix(context: KernelContext, x: Operand, lead: number, transposed: boolean): Rows {
  const { shape, strides, offset } = x.layout;
  const rank = shape.length;
  const [row, column] = transposed ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  let at = offset;
  for (let axis = rank - 3, rest = lead; axis >= 0; axis--) {
    at += (rest % shape[axis]) * strides[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  const { bytes } = dtypes[x.dtype];
  const view: Operand = {
    handle: x.handle,
    dtype: x.dtype,
    layout: { shape: [shape[row], shape[column]], strides: [strides[row], strides[column]], offset: at },
  };
  if (shape[column] <= 1 || strides[column] === 1)
    return { address: context.address(view), stride: strides[row] * bytes, dtype: x.dtype };
  return { address: context.dense(view), stride: shape[column] * bytes, dtype: x.dtype };
}

/** Whether weights of f16 are all finite, found out once; others may change and are not asked. */
function isFinite({ handle, dtype }: Operand, context: KernelContext): boolean {
  const storage = wasmStorage(handle);
  const { spec } = storage;
  if (dtype !== "f16" || spec.kind !== "dense" || spec.weights !== true) return false;
  if (storage.finite !== null) return storage.finite;
  context.scoped(() => {
    const found = context.temporary(4);
    context.arena.i32[found / 4] = 0;
    findSpecialHalves(context, storage.address, spec.length, found);
    storage.finite = context.arena.i32[found / 4] === 0;
  });
  return storage.finite === true;
}

/** The rows of weights, which `linear` multiplies by. */
const weightRows = (context: KernelContext, weight: Operand): Rows => ({
  ...matrix(context, weight, 0, false),
  finite: isFinite(weight, context),
});

export const createLinear =
  (context: KernelContext): FusedKernels["linear"] =>
  (out, { x, weight, bias }) =>
    context.scoped(() => {
      const [M, K] = x.layout.shape as [number, number];
      const [N] = weight.layout.shape;
      const shift = bias ? context.wide(bias) : 0;
      const there = context.at(weight);
      if (there !== context) return multiplyThere(context, there, context.address(out), x, weight, shift);
      const left = matrix(context, x, 0, false);
      multiply(context, context.address(out), left, weightRows(context, weight), shift, M, N, K);
    });

/** As `multiply`, where the weights lie: rows of x go there and those of out come back, a few megabytes at a time. */
function multiplyThere(
  context: KernelContext,
  there: KernelContext,
  out: number,
  x: Operand,
  weight: Operand,
  bias: number,
): void {
  const [M, K] = x.layout.shape as [number, number];
  const [N] = weight.layout.shape;
  const rows = context.dense(x);
  const atOnce = Math.max(1, Math.floor(there.arena.portion / (4 * (K + N))));
  for (let m = 0; m < M; m += atOnce) {
    const count = Math.min(atOnce, M - m);
    there.scoped(() => {
      const left = {
        address: there.bring(context, rows + 4 * m * K, 4 * count * K),
        stride: 4 * K,
        dtype: "f32",
      } as const;
      const shift = bias === 0 ? 0 : there.bring(context, bias, 4 * N);
      const result = there.temporary(4 * count * N);
      multiply(there, result, left, weightRows(there, weight), shift, count, N, K);
      context.arena.u8.set(there.arena.u8.subarray(result, result + 4 * count * N), out + 4 * m * N);
    });
  }
}

export const createMatmul =
  (context: KernelContext): CoreKernels["matmul"] =>
  (out, { a, b }) => {
    const { shape } = a.layout;
    const [M, K] = shape.slice(-2) as [number, number];
    const N = b.layout.shape[shape.length - 1];
    const count = sizeOf(shape.slice(0, -2));
    const transposed = N > 1 && b.layout.strides[shape.length - 1] !== 1 && b.layout.strides[shape.length - 2] === 1;
    for (let lead = 0; lead < count; lead++) {
      context.scoped(() => {
        const result = context.address(out) + 4 * lead * M * N;
        const left = matrix(context, a, lead, false);
        if (b.dtype !== "f32") return multiply(context, result, left, matrix(context, b, lead, true), 0, M, N, K);
        multiplyColumns(context, result, left, matrix(context, b, lead, transposed), transposed, M, N, K);
      });
    }
  };
