import type { ActivationName } from "../../../../contract/kernels.ts";
import type { Operand } from "../../../../contract/operand.ts";
import { activations } from "../../wgsl/activations.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import type { Place } from "../../kernel-context.ts";
import { floatWord } from "../../params.ts";
import { vectorFields, vectorWords } from "../rows/rows.ts";
import { asNumbers, load } from "../stored.ts";
import type { Piece } from "./matrices.ts";
import { normFields, normKey, normWords, type Norm } from "./row-norms.ts";
import type { Onto } from "./stream-row.ts";

/** The stream [M, N] f32 that a product is added to. */
export interface Residual {
  readonly operand: Operand;
  /** Factor on the product. */
  readonly scale: number;
}

/**
 * out[m, column + n] = residual + scale·(Σₖ x[m, k]·w[n, k] + bias); or, gated, activation(Σ x·gate + bias)·(Σ x·up + bias). x is
 * [M, K] f32, rows back to back, at a multiple of 4 elements.
 */
export interface Product {
  readonly x: { readonly place: Place; readonly offset: number };
  readonly M: number;
  readonly K: number;
  /** Of a gated product with one row of x: the stream in the place of x, whose row is stored before the result. */
  readonly onto: Onto | null;
  readonly norm: Norm | null;
  /** Gate and up: the same rows of both. Else one, or some of one format whose products come side by side. */
  readonly pieces: readonly Piece[];
  /** Columns of the result that the first rows of the matrices of the pieces are. */
  readonly matrixColumns: readonly number[];
  readonly activation: ActivationName | null;
  /** Of the matrices of the pieces, `[N]` each; null where one has none. */
  readonly biases: readonly (Operand | null)[];
  readonly residual: Residual | null;
  readonly out: Operand;
  /** Of out. */
  readonly columns: number;
}

/** What of a product makes another shader. */
export const productKey = ({ pieces, onto, norm, activation, biases, residual }: Product): string =>
  [
    ...pieces.map(({ format }) => format),
    onto ? `stream ${normKey(onto)}` : "",
    norm ? `norm ${normKey(norm)}` : "",
    activation ?? "",
    ...biases.map((bias, i) => bias && `bias ${i} ${bias.dtype}`),
    residual ? (residual.scale === 1 ? "onto" : "scaled onto") : "",
  ]
    .filter(Boolean)
    .join(" ");

/** Names of the words of `productWords`. */
export const productFields = ({ onto, norm, biases, residual }: Product): string[] => [
  ...["m", "units", "x_offset", "out_offset", "out_columns"],
  ...(onto ? [...normFields("onto"), "onto_residual", "stream_offset"] : []),
  ...(norm ? normFields("norm") : []),
  ...biases.flatMap((bias, i) => (bias ? vectorFields(`bias_${i}`) : [])),
  ...(residual ? ["residual_offset", "residual_row", "residual_column", "residual_scale"] : []),
];

/** Column of the result that the first row of a piece is. */
export const columnOf = ({ pieces, matrixColumns }: Product, i: number): number => matrixColumns[i] + pieces[i].row;

export function productWords(product: Product): number[] {
  const { x, M, K, onto, norm, matrixColumns, biases, residual, out, columns } = product;
  const { offset: start } = out.layout;
  const words = [M, K / 32, x.offset / 4, onto ? start + M * K : start, columns];
  if (onto) words.push(...normWords(onto), onto.residual.offset / 4, start);
  if (norm) words.push(...normWords(norm));
  for (const [i, bias] of biases.entries()) {
    if (!bias) continue;
    const [offset, stride] = vectorWords(bias);
    // Where that of the result's first column would be.
    words.push(offset - matrixColumns[i] * stride, stride);
  }
  if (residual) {
    const { offset, strides } = residual.operand.layout;
    words.push(offset, ...strides, floatWord(residual.scale));
  }
  return words;
}

/** Multiplications and additions with the weights. */
export const productFlops = ({ M, K, pieces }: Product): number =>
  2 * M * K * pieces.reduce((sum, { rows }) => sum + rows, 0);

/** Storages that a product's kernels read, by name, with the type of their elements. */
export const productReads = ({ onto, norm, biases, residual, pieces }: Product): Record<string, string> => ({
  x: "vec4<f32>",
  ...(onto && { residual: "vec4<f32>", onto_words: "u32" }),
  ...(norm && { norm_words: "u32" }),
  ...Object.fromEntries(biases.flatMap((bias, i) => (bias ? [[`bias_${i}_words`, "u32"]] : []))),
  ...(residual && { residual: "f32" }),
  ...Object.fromEntries(pieces.map((_, i) => [`weights_${i}`, "u32"])),
});

export const productPlaces = ({ x, onto, norm, biases, residual, pieces }: Product): Place[] => [
  x.place,
  ...(onto ? [onto.residual.place, onto.weight] : []),
  ...(norm ? [norm.weight] : []),
  ...biases.flatMap((bias) => bias ?? []),
  ...(residual ? [residual.operand] : []),
  ...pieces.map(({ place }) => place),
];

/** Stores the element of row `m` and column `n` of the result, of the sums of gate and up, or of one sum. */
export function storeProduct(product: Product, m: string, n: string, sums: readonly string[]): Fragment {
  const { activation, residual } = product;
  const out = wgsl`out[p.out_offset + ${m} * p.out_columns + ${n}]`;
  if (activation) {
    const [gate, up] = sums.map((sum, i) => wgsl`(${sum}${plusBias(product, i, n)})`);
    return wgsl`${out} = ${activations[activation]}(${gate}) * ${up};`;
  }
  const scaled = residual && residual.scale !== 1 ? wgsl`bitcast<f32>(p.residual_scale) * total` : wgsl`total`;
  const stream = residual && wgsl`residual[p.residual_offset + ${m} * p.residual_row + ${n} * p.residual_column]`;
  return wgsl`{
    var total = ${sums[0]};
    ${addBias(product, n)}
    ${out} = ${stream ? wgsl`${stream} + ` : ""}${scaled};
  }`;
}

/** Adds to `total` the bias of the chosen matrix at column `n` of the result. */
function addBias(product: Product, n: string): readonly Fragment[] {
  return product.biases.flatMap((bias, i) => {
    if (!bias) return [];
    const sum = wgsl`total${plusBias(product, i, n)}`;
    return product.pieces.length === 1 ? wgsl`total = ${sum};` : wgsl`if (matrix == ${i}u) { total = ${sum}; }`;
  });
}

/** ` + ` and the bias of matrix `i` at column `n` of the result, where it has one. */
function plusBias({ biases }: Product, i: number, n: string): Fragment | "" {
  const bias = biases[i];
  return bias
    ? wgsl` + ${load(asNumbers(bias.dtype), `bias_${i}_words`, `(p.bias_${i}_offset + ${n} * p.bias_${i}_stride)`)}`
    : "";
}
