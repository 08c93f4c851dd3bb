import { partReaders } from "../../wgsl/weight-parts.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import { chosenMatrix, matrixText, type MatrixText } from "./matrices.ts";
import type { Product } from "./product.ts";
import { normWeight } from "./row-norms.ts";
import { streamVector } from "./stream-row.ts";

/** How many rows a thread multiplies with each other. */
export interface RowSums {
  /** Of x. */
  readonly tile: number;
  /** Of each matrix that is multiplied: two where gate and up are, else one. */
  readonly perMatrix: number;
}

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Matrices that a thread multiplies x with: gate and up, or one. */
export const multiplied = ({ activation }: Product): number => (activation ? 2 : 1);

/** Number of the sum of a matrix, a row of it and a row of x. */
export const sumNumber = ({ tile, perMatrix }: RowSums, matrix: number, row: number, m: number): number =>
  (matrix * perMatrix + row) * tile + m;

/** Sums of products; behind them, with a norm, come the squares of x, one sum for each row. */
export const productSums = (product: Product, { tile, perMatrix }: RowSums): number =>
  multiplied(product) * perMatrix * tile;

export const sumCount = (product: Product, sums: RowSums): number =>
  productSums(product, sums) + (product.norm ? sums.tile : 0);

/**
 * The matrices of a kernel: lines that declare `place`, the number of a slot among those of its matrix, and `column`; and how each
 * multiplied matrix is read.
 */
export function matricesOf(
  product: Product,
  slot: string,
): { readonly lines: Fragment; readonly texts: readonly MatrixText[] } {
  if (product.activation)
    return { lines: wgsl`  let place = ${slot};\n  let column = p.column_0;`, texts: [matrixText(0), matrixText(1)] };
  const { lines, text } = chosenMatrix(product.pieces.length, slot);
  return { lines, texts: [text] };
}

/** A loop over units for each format of the matrices, of which that of the chosen matrix runs. */
export function byFormat(product: Product, loop: (product: Product) => Fragment): Fragment {
  const { pieces, activation } = product;
  const formats = [...new Set(pieces.map(({ format }) => format))];
  if (activation || formats.length === 1) return loop(product);
  return wgsl`${formats.map((format) => {
    const chosen = pieces.flatMap((piece, i) => (piece.format === format ? [`matrix == ${i}u`] : []));
    return wgsl`
  if (${chosen.join(" || ")}) {
${loop({ ...product, pieces: pieces.filter((piece) => piece.format === format) })}
  }`;
  })}`;
}

/**
 * Adds to the variables `sum_0 …` what part `part` of unit `u` gives: columns 32u + 4·part … and 16 + 32u + 4·part … of rows m0 … of
 * x, times rows n0 … of the matrices. The weight of a norm goes with x; its scale is known when all squares are.
 */
export function addPart(product: Product, sums: RowSums, texts: readonly MatrixText[]): Fragment[] {
  const { onto, norm, pieces } = product;
  const { tile, perMatrix } = sums;
  const rows = range(tile);
  const readers = texts.map((_, matrix) => partReaders[pieces[matrix].format]);
  const squares = productSums(product, sums);
  const four = (at: (i: number) => Fragment): Fragment => wgsl`${at(0)}, ${at(1)}, ${at(2)}, ${at(3)}`;
  const loadStream = onto && [
    wgsl`
    let first = 8u * u + part;
    let second = first + 4u;
    var a_0 = ${streamVector(onto, "first", false)};
    var b_0 = ${streamVector(onto, "second", false)};`,
  ];
  const loadX = rows.map(
    (m) => wgsl`
    let x_${m} = p.x_offset + min(m0 + ${m}u, p.m - 1u) * 8u * p.units + 8u * u + part;
    var a_${m} = x[x_${m}];
    var b_${m} = x[x_${m} + 4u];`,
  );
  const applyNorm = norm && [
    wgsl`
    let k = 32u * u + 4u * part;
    let lowNorm = vec4<f32>(${four((i) => normWeight(norm, `k + ${i}u`))});
    let highNorm = vec4<f32>(${four((i) => normWeight(norm, `k + ${16 + i}u`))});`,
    ...rows.map(
      (m) => wgsl`
    sum_${squares + m} += dot(a_${m}, a_${m}) + dot(b_${m}, b_${m});
    a_${m} *= lowNorm;
    b_${m} *= highNorm;`,
    ),
  ];
  const totals = readers.some(({ hasMins }) => hasMins)
    ? rows.map((m) => wgsl`    let total_${m} = vec2<f32>(dot(a_${m}, vec4<f32>(1.0)), dot(b_${m}, vec4<f32>(1.0)));`)
    : [];
  const multiply = texts.flatMap(({ firstUnit, rows: count, word }, matrix) =>
    range(perMatrix).map((row) => {
      const reader = readers[matrix];
      const taken = (m: number): Fragment => (reader.hasMins ? wgsl` - dot(mins, total_${m})` : wgsl``);
      return wgsl`
    {
      let unit = ${firstUnit} + min(n0 + ${row}u, ${count} - 1u) * p.units + u;
      ${reader.load("unit", "part", word)}
${rows.map(
  (m) =>
    wgsl`      sum_${sumNumber(sums, matrix, row, m)} += dot(low, a_${m}) * scales.x + dot(high, b_${m}) * scales.y${taken(m)};`,
)}
    }`;
    }),
  );
  return [...(loadStream ?? loadX), ...(applyNorm ?? []), ...totals, ...multiply];
}
