import type { Condition } from "../../../../contract/kernel-table.ts";
import type { Kernel } from "../../../../contract/kernels.ts";
import type { Operand, WeightOperand } from "../../../../contract/operand.ts";
import type { Device } from "../../device/device.ts";
import type { KernelContext } from "../../kernel-context.ts";
import { UNIT } from "../../storages/quant-layout.ts";
import { aligned } from "../dense.ts";
import { runRmsNorm } from "../rows/norms.ts";
import { weightPieces, type Piece } from "./matrices.ts";
import type { Product, Residual } from "./product.ts";
import { multiplyPacked } from "./packed-product.ts";
import type { Norm } from "./row-norms.ts";
import { multiplyRows } from "./row-product.ts";
import { sharedRowBytes, type Onto } from "./stream-row.ts";
import { canUseThreads, multiplyByThreads } from "./thread-product.ts";
import { multiplyTiles } from "./tile-product.ts";

/** Rows of x up to which weights are read anew for every four of them. */
const FEW_ROWS = 8;

/** Bytes of a workgroup's memory, at most, that sums take. */
const SUMS = 256;

/**
 * Weights of a matrix up to which a processor that plays a card makes a stream in passing: there a kernel whose threads wait for each
 * other runs up to a fifth longer (on SwiftShader one of twice as many weights takes as long as two dispatches).
 */
const SMALL_MATRIX = 2 ** 16;

type Rows = Pick<Product, "x" | "M" | "K" | "norm">;

/** Rows of x as the kernels take them; with many of them the norm is done first, else in passing. */
function rowsOf(context: KernelContext, x: Operand, norm: Norm | null): Rows {
  const [M, K] = x.layout.shape;
  if (norm && M > FEW_ROWS) {
    const normed = context.temporary(4 * M * K);
    runRmsNorm(context, normed, 0, x, norm);
    return { x: { place: normed, offset: 0 }, M, K, norm: null };
  }
  return { x: alignedRows(context, x), M, K, norm };
}

/** Rows back to back, at a multiple of 4 elements. */
function alignedRows(context: KernelContext, rows: Operand): Product["x"] {
  const { place, layout } = aligned(context, rows);
  return { place, offset: layout.offset };
}

function multiply(context: KernelContext, product: Product): void {
  if (product.M === 0 || product.pieces.length === 0) return;
  if (product.M > FEW_ROWS && multiplyPacked(context, product)) return;
  if (context.device.isFallback && canUseThreads(product)) return multiplyByThreads(context, product);
  if (product.M > FEW_ROWS) return multiplyTiles(context, product);
  multiplyRows(context, product);
}

/** Weights beside the bias of their product. */
interface BiasedMatrix {
  readonly weight: WeightOperand | undefined;
  readonly bias?: Operand | undefined;
}

/** What is done with x before the products, and what these are added to. */
interface Around {
  readonly norm?: Norm | null;
  readonly residual?: Residual;
}

/** The products with matrices whose columns follow one another. */
function multiplySideBySide(
  context: KernelContext,
  out: Operand,
  x: Operand,
  matrices: readonly BiasedMatrix[],
  { norm = null, residual }: Around = {},
): void {
  context.scoped(() => {
    const rows = rowsOf(context, x, norm);
    let column = 0;
    const placed = matrices.flatMap(({ weight, bias }) => {
      if (!weight) return [];
      const first = column;
      column += rowCount(weight);
      return weightPieces(weight).map((piece) => ({ piece, first, bias: bias ?? null }));
    });
    // Besides: x, its norm and the result.
    const storages = context.device.limits.storages - (rows.norm ? 3 : 2);
    for (const run of runsOf(placed, rows.M <= FEW_ROWS && !residual ? 3 : 1, storages))
      multiply(context, {
        ...{ ...rows, onto: null },
        ...{ pieces: run.map(({ piece }) => piece), matrixColumns: run.map(({ first }) => first) },
        ...{ activation: null, biases: run.map(({ bias }) => bias), residual: residual ?? null },
        ...{ out, columns: out.layout.shape[1] },
      });
  });
}

interface PlacedPiece {
  readonly piece: Piece;
  /** Column of the result that the first row of its matrix is. */
  readonly first: number;
  readonly bias: Operand | null;
}

/** Pieces that one kernel takes together: up to so many, one after the other, of so many storages. */
function runsOf(pieces: readonly PlacedPiece[], most: number, storages: number): PlacedPiece[][] {
  const taken = (run: readonly PlacedPiece[]): number => run.reduce((sum, { bias }) => sum + (bias ? 2 : 1), 0);
  const runs: PlacedPiece[][] = [];
  for (const one of pieces) {
    const last = runs.at(-1);
    if (last && last.length < most && taken([...last, one]) <= storages) last.push(one);
    else runs.push([one]);
  }
  return runs;
}

const normOf = (weight: Operand | undefined, params: Omit<Norm, "weight">): Norm | null =>
  weight ? { weight, eps: params.eps, weightMode: params.weightMode } : null;

/** `quantMatmul`, and `linear` where `hasUnits`. */
export const createProduct =
  (context: KernelContext) =>
  (out: Operand, { x, weight, bias }: ProductInputs): void =>
    multiplySideBySide(context, out, x, [{ weight, bias }]);

interface ProductInputs {
  readonly x: Operand;
  readonly weight: WeightOperand;
  readonly bias?: Operand;
}

export const createProjections =
  (context: KernelContext): Kernel<"projections"> =>
  (out, { x, norm, first, second, third, firstBias, secondBias, thirdBias }, params) =>
    multiplySideBySide(
      context,
      out,
      x,
      [
        { weight: first, bias: firstBias },
        { weight: second, bias: secondBias },
        { weight: third, bias: thirdBias },
      ],
      { norm: normOf(norm, params) },
    );

export const createResidualProjection =
  (context: KernelContext): Kernel<"residualProjection"> =>
  (out, { x, weight, residual, bias }, { scale }) =>
    multiplySideBySide(context, out, x, [{ weight, bias }], { residual: { operand: residual, scale } });

export const createGatedProjection =
  (context: KernelContext): Kernel<"gatedProjection"> =>
  (out, { x, residual, ontoNorm, norm, gate, up, gateBias, upBias }, params) =>
    context.scoped(() => {
      const rows = rowsOf(context, x, normOf(norm, params));
      const onto: Onto | null =
        residual && ontoNorm && params.onto
          ? { ...params.onto, weight: ontoNorm, residual: alignedRows(context, residual) }
          : null;
      for (const pieces of sharedPieces(weightPieces(gate), weightPieces(up), rows.K / UNIT))
        multiply(context, {
          ...{ ...rows, onto },
          ...{ pieces, matrixColumns: [0, 0], activation: params.activation },
          ...{ biases: [gateBias ?? null, upBias ?? null], residual: null },
          ...{ out, columns: rowCount(gate) },
        });
    });

/** Whether the stream can be made in passing: of one row, in the storages that a kernel may have, weights and results among them. */
export const canMakeStream =
  ({ isFallback, limits }: Device): Condition<"gatedProjection">["holds"] =>
  ({ x, norm, gate, gateBias, upBias }) => {
    const [M, K] = x.layout.shape;
    const N = rowCount(gate);
    const storages = 6 + [norm, gateBias, upBias].filter(Boolean).length;
    if (M !== 1 || N === 0 || storages > limits.storages) return false;
    // There it lies in the memory of a workgroup.
    return !isFallback || (K * N <= SMALL_MATRIX && sharedRowBytes(K) + SUMS <= limits.sharedBytes);
  };

/** N of weights [N, K]. */
const rowCount = (weight: WeightOperand): number => ("format" in weight ? weight.rows : weight.layout.shape[0]);

/** Runs of rows that lie in one buffer of each of two matrices. */
function sharedPieces(gate: readonly Piece[], up: readonly Piece[], unitsPerRow: number): [Piece, Piece][] {
  const cut = (piece: Piece, begin: number, end: number): Piece => ({
    ...piece,
    ...{ row: begin, rows: end - begin },
    firstUnit: piece.firstUnit + (begin - piece.row) * unitsPerRow,
  });
  return gate.flatMap((a) =>
    up.flatMap((b): [Piece, Piece][] => {
      const begin = Math.max(a.row, b.row);
      const end = Math.min(a.row + a.rows, b.row + b.rows);
      return begin < end ? [[cut(a, begin, end), cut(b, begin, end)]] : [];
    }),
  );
}
