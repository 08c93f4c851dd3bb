import type { Operand, QuantOperand, WeightOperand } from "../../../../contract/operand.ts";
import { dtypes } from "../../../../dtypes/dtype.ts";
import { isContiguous } from "../../../../layout.ts";
import type { Place } from "../../kernel-context.ts";
import { UNIT } from "../../storages/quant-layout.ts";
import { quantStorageOf } from "../../storages/quant-store.ts";
import { rowPieces } from "../../storages/row-shards.ts";
import type { PlaneWord } from "../../wgsl/part-reader.ts";
import type { WeightFormat } from "../../wgsl/weight-parts.ts";
import { helper, wgsl, type Fragment, type Helper } from "../../wgsl/tag.ts";

/** Consecutive rows of a matrix that lie in one buffer. */
export interface Piece {
  readonly format: WeightFormat;
  readonly place: Place;
  /** Row of the matrix that is the first here. */
  readonly row: number;
  readonly rows: number;
  /** Number of the first unit in the buffer. */
  readonly firstUnit: number;
  /** Where the planes begin, in words; 0 for those that the format has not. */
  readonly planes: readonly number[];
}

/** The rows of an operand, buffer by buffer. */
export function piecesOf({ handle, format, firstRow, rows, columns }: QuantOperand): Piece[] {
  const unitsPerRow = columns / UNIT;
  return quantStorageOf(handle).shards.flatMap((shard) => {
    const begin = Math.max(firstRow, shard.firstRow);
    const end = Math.min(firstRow + rows, shard.firstRow + shard.rows);
    if (begin >= end) return [];
    return {
      ...{ format, row: begin - firstRow, rows: end - begin },
      place: { handle: shard.storage, bytes: ((end - begin) * shard.bytes) / shard.rows },
      firstUnit: (begin - shard.firstRow) * unitsPerRow,
      planes: [0, 1, 2, 3].map((i) => (shard.planes[i] ?? 0) / 4),
    };
  });
}

/** Whether the rows [N, K] of a matrix of floats lie one after the other as units, from a whole vector of four words on. */
export function hasUnits({ layout, dtype }: Operand): boolean {
  return layout.shape[1] % UNIT === 0 && isContiguous(layout) && (layout.offset * dtypes[dtype].bytes) % 16 === 0;
}

/** The rows of a matrix of floats for which `hasUnits`, buffer by buffer. */
function floatPieces(matrix: Operand): Piece[] {
  const format = matrix.dtype as "f32" | "f16" | "bf16";
  return (rowPieces(matrix) ?? [{ row: 0, operand: matrix }]).map(({ row, operand }) => {
    const { layout, dtype } = operand;
    const begin = (layout.offset * dtypes[dtype].bytes) / 4;
    return { format, place: operand, row, rows: layout.shape[0], firstUnit: 0, planes: [begin, 0, 0, 0] };
  });
}

/** Names of the words of `pieceWords`, for matrix number `i` of a kernel. */
export const pieceFields = (i: number): string[] => [
  ...[`first_unit_${i}`, `rows_${i}`],
  ...[0, 1, 2, 3].map((plane) => `plane_${plane}_${i}`),
];

export const pieceWords = ({ firstUnit, rows, planes }: Piece): number[] => [firstUnit, rows, ...planes];

/** Reads words of the planes of matrix `i`, whose buffer is called `weights_i`. */
export const wordsOf =
  (i: number): PlaneWord =>
  (plane, index) =>
    wgsl`weights_${i}[p.plane_${plane}_${i} + ${index}]`;

/** How a matrix is read whose buffer is bound as `array<vec4<u32>>`: four words that lie together, by their number, or one. */
export interface VectorReads {
  readonly vector: PlaneWord;
  readonly word: PlaneWord;
}

/** The rows of weights, buffer by buffer. */
export function weightPieces(weight: WeightOperand): Piece[] {
  if ("format" in weight) return piecesOf(weight);
  return weight.layout.shape[0] > 0 ? floatPieces(weight) : [];
}

/** A matrix as the text of a kernel sees it. */
export interface MatrixText {
  readonly firstUnit: string;
  readonly rows: string;
  /** Where its buffer is bound as words. */
  readonly word: PlaneWord;
  /** Where it is bound as vectors; planes begin at whole ones. */
  readonly vectors: VectorReads;
}

/** Matrix number `i`. */
export const matrixText = (i: number): MatrixText => ({
  firstUnit: `p.first_unit_${i}`,
  rows: `p.rows_${i}`,
  word: wordsOf(i),
  vectors: {
    vector: (plane, index) => wgsl`weights_${i}[(p.plane_${plane}_${i} >> 2u) + ${index}]`,
    word: (plane, index) =>
      wgsl`weights_${i}[(p.plane_${plane}_${i} + ${index}) >> 2u][(p.plane_${plane}_${i} + ${index}) & 3u]`,
  },
});

/** Where each of several matrices begins among the slots of a kernel, and among the columns of the result. */
export const sideFields = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => [`start_${i}`, `column_${i}`]).flat();

/**
 * One of several matrices, side by side: the lines that choose that of a slot (a name of u32), and its text. They
 * declare `place`, the number of the slot among those of its matrix, and `column`.
 */
export function chosenMatrix(count: number, slot: string): { readonly lines: Fragment; readonly text: MatrixText } {
  const others = Array.from({ length: count - 1 }, (_, i) => i + 1);
  const planes = (i: number): string => [0, 1, 2, 3].map((plane) => `p.plane_${plane}_${i}`).join(", ");
  const chosen = (name: string, type: string, at: string): Helper =>
    helper(
      wgsl`fn ${name}(matrix: u32, index: u32) -> ${type} {
${others.map((i) => wgsl`  if (matrix == ${i}u) { return weights_${i}${at}; }`)}
  return weights_0${at};
}`,
    );
  const chosenWord = chosen("chosenWord", "u32", "[index]");
  const chosenVector = chosen("chosenVector", "vec4<u32>", "[index]");
  const wordInVector = chosen("wordInVector", "u32", "[index >> 2u][index & 3u]");
  const lines = wgsl`
  var matrix = 0u;
  var place = ${slot};
  var column = p.column_0;
  var matrixRows = p.rows_0;
  var firstUnit = p.first_unit_0;
  var planes = vec4<u32>(${planes(0)});
${others.map(
  (i) => wgsl`
  if (${slot} >= p.start_${i}) {
    matrix = ${i}u;
    place = ${slot} - p.start_${i};
    column = p.column_${i};
    matrixRows = p.rows_${i};
    firstUnit = p.first_unit_${i};
    planes = vec4<u32>(${planes(i)});
  }`,
)}`;
  const text: MatrixText = {
    ...{ firstUnit: "firstUnit", rows: "matrixRows" },
    word: (plane, index) => wgsl`${chosenWord}(matrix, planes[${plane}] + ${index})`,
    vectors: {
      vector: (plane, index) => wgsl`${chosenVector}(matrix, (planes[${plane}] >> 2u) + ${index})`,
      word: (plane, index) => wgsl`${wordInVector}(matrix, planes[${plane}] + ${index})`,
    },
  };
  return { lines, text };
}
