import type { ActivationName, NormParams } from "../../../../contract/kernels.ts";
import type { Operand } from "../../../../contract/operand.ts";
import { isFloat, type DType } from "../../../../dtypes/dtype.ts";
import { activations } from "../../wgsl/activations.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import type { Place } from "../../kernel-context.ts";
import { asNumbers, load } from "../stored.ts";
import type { Piece } from "./matrices.ts";

/** What is added to a product: a bias [N] or a residual [M, N]. */
export interface Addend {
  readonly operand: Operand;
  /** Distance of rows, 0 for a bias, and of columns, in elements. */
  readonly strides: readonly [row: number, column: number];
}

/** A norm that x goes through first. */
export interface Norm extends NormParams {
  readonly weight: Operand;
}

/**
 * out[m, column + n] = Σₖ x[m, k]·w[n, k] + addend; or, gated, activation(Σ x·gate)·(Σ x·up). x is [M, K] f32, rows back to back,
 * at a multiple of 4 elements.
 */
export interface Product {
  readonly x: { readonly place: Place; readonly offset: number };
  readonly M: number;
  readonly K: number;
  readonly norm: Norm | null;
  /** Gate and up: the same rows of both. Else one, or some of one format whose products come side by side. */
  readonly pieces: readonly Piece[];
  /** Columns of the result that the first rows of the matrices of the pieces are. */
  readonly matrixColumns: readonly number[];
  readonly activation: ActivationName | null;
  readonly addend: Addend | null;
  readonly out: Operand;
  /** Of out. */
  readonly columns: number;
}

/** What of a product makes another shader. */
export const productKey = ({ pieces, norm, activation, addend }: Product): string =>
  [
    ...pieces.map(({ format }) => format),
    norm ? `norm ${norm.weight.dtype} ${norm.weightMode === "one-plus" ? "one-plus" : "mul"}` : "",
    activation ?? "",
    addend ? `plus ${addend.operand.dtype}` : "",
  ]
    .filter(Boolean)
    .join(" ");

/** Names of the words of `productWords`. */
export const productFields = ({ norm, addend }: Product): string[] => [
  ...["m", "units", "x_offset", "out_offset", "out_columns"],
  ...(norm ? ["norm_offset", "norm_stride", "eps"] : []),
  ...(addend ? ["addend_offset", "addend_row", "addend_column"] : []),
];

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Column of the result that the first row of a piece is. */
export const columnOf = ({ pieces, matrixColumns }: Product, i: number): number => matrixColumns[i] + pieces[i].row;

export function productWords(product: Product): number[] {
  const { x, M, K, norm, addend, out, columns } = product;
  const words = [M, K / 32, x.offset / 4, out.layout.offset, columns];
  if (norm) {
    float[0] = norm.eps;
    words.push(norm.weight.layout.offset, norm.weight.layout.strides[0], bits[0]);
  }
  if (addend) {
    const { operand, strides } = addend;
    const [row, step] = strides;
    words.push(operand.layout.offset, row, step);
  }
  return words;
}

/** Multiplications and additions with the weights. */
export const productFlops = ({ M, K, pieces }: Product): number =>
  2 * M * K * pieces.reduce((sum, { rows }) => sum + rows, 0);

/** Storages that a product's kernels read, by name, with the type of their elements. */
export const productReads = ({ norm, addend, pieces }: Product): Record<string, string> => ({
  x: "vec4<f32>",
  ...(norm && { norm_words: "u32" }),
  ...(addend && { addend_words: "u32" }),
  ...Object.fromEntries(pieces.map((_, i) => [`weights_${i}`, "u32"])),
});

export const productPlaces = ({ x, norm, addend, pieces }: Product): Place[] => [
  x.place,
  ...(norm ? [norm.weight] : []),
  ...(addend ? [addend.operand] : []),
  ...pieces.map(({ place }) => place),
];

/** The weight of the norm at column `k` (text), as x is multiplied by it. */
export function normWeight({ weight, weightMode }: Norm, k: string): Fragment {
  const value = load(asNumbers(weight.dtype), "norm_words", `(p.norm_offset + p.norm_stride * (${k}))`);
  return weightMode === "one-plus" ? wgsl`(1.0 + ${value})` : value;
}

/** Stores the element of row `m` and column `n` of the result, of the sums of gate and up, or of one sum. */
export function storeProduct({ activation, addend }: Product, m: string, n: string, sums: readonly string[]): Fragment {
  const added = addend && addendAt(addend.operand.dtype, m, n);
  const value = activation
    ? wgsl`${activations[activation]}(${sums[0]}) * ${sums[1]}`
    : wgsl`${sums[0]}${added ? wgsl` + ${added}` : ""}`;
  return wgsl`out[p.out_offset + ${m} * p.out_columns + ${n}] = ${value};`;
}

function addendAt(dtype: DType, m: string, n: string): Fragment {
  if (!isFloat(dtype)) throw new RangeError(`addend of ${dtype}`);
  return load(asNumbers(dtype), "addend_words", `(p.addend_offset + ${m} * p.addend_row + ${n} * p.addend_column)`);
}
