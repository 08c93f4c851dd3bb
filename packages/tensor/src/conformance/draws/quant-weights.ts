import fc from "fast-check";
import type { Backend } from "../../contract/backend.ts";
import type { QuantFormatName } from "../../contract/operand.ts";
import { QuantMatrix } from "../../quant-matrix.ts";
import { Rng } from "../../rng.ts";
import { scope } from "../../scope.ts";
import { expected, type Expected } from "../tensor-values.ts";
import { blockFormulas } from "../formulas/quant-formulas.ts";
import { laneLength, seeds } from "./shapes.ts";

/** What the f16 scales of the blocks are: of usual size, all 1, or the ends of what f16 holds. */
export type ScaleKind = "usual" | "ones" | "extreme";

/** A block-quantised matrix as data: rows `firstRow … firstRow + rows` of a stored one, all bytes but its scales random. */
export interface QuantDraw {
  readonly format: QuantFormatName;
  readonly firstRow: number;
  readonly rows: number;
  /** Rows stored after the last one of the view. */
  readonly rowsAfter: number;
  /** Blocks per row. */
  readonly blocks: number;
  readonly scales: ScaleKind;
  readonly seed: number;
}

/** f16 bits: ±2⁻⁶ … ±2⁻⁴; 1; ±0, ± the smallest subnormal, the smallest normal, the largest number. */
const scaleBits: Readonly<Record<ScaleKind, (rng: Rng) => number>> = {
  usual: (rng) => (rng.uniform() < 0.5 ? 0x8000 : 0) | (0x2400 + Math.floor(rng.uniform() * 0x800)),
  ones: () => 0x3c00,
  extreme: (rng) => [0, 0x8000, 1, 0x8001, 0x0400, 0x7bff][Math.floor(rng.uniform() * 6)],
};

export function quantDraws(format: QuantFormatName, scales: ScaleKind = "usual"): fc.Arbitrary<QuantDraw> {
  return fc.record({
    format: fc.constant(format),
    firstRow: fc.constantFrom(0, 0, 1, 3, 8, 9),
    rows: laneLength,
    rowsAfter: fc.constantFrom(0, 0, 1, 5),
    blocks: fc.constantFrom(1, 2, 3),
    scales: fc.constant(scales),
    seed: seeds,
  });
}

export const columnsOf = ({ format, blocks }: QuantDraw): number => blocks * blockFormulas[format].weights;

const storedRows = ({ firstRow, rows, rowsAfter }: QuantDraw): number => firstRow + rows + rowsAfter;

/** q8_0 `[rows, 32]`, for what only looks at shapes. */
export function smallMatrix(backend: Backend, rows = 5): QuantMatrix {
  return placeQuant(backend, { format: "q8_0", firstRow: 0, rows, rowsAfter: 0, blocks: 1, scales: "usual", seed: 1 });
}

const knownBlocks = new WeakMap<QuantDraw, Uint8Array>();
const knownValues = new WeakMap<QuantDraw, Expected>();

/** The blocks of the stored matrix. */
export function blocksOf(draw: QuantDraw): Uint8Array {
  let blocks = knownBlocks.get(draw);
  if (!blocks) knownBlocks.set(draw, (blocks = drawBlocks(draw)));
  return blocks;
}

/** Its weights by the format's formula, f32 `[rows, columns]`. */
export function quantValues(draw: QuantDraw): Expected {
  let values = knownValues.get(draw);
  if (!values) knownValues.set(draw, (values = weightsOf(draw)));
  return values;
}

function drawBlocks(draw: QuantDraw): Uint8Array {
  const { bytes, scales } = blockFormulas[draw.format];
  const rng = new Rng(draw.seed);
  const stored = new Uint8Array(storedRows(draw) * draw.blocks * bytes);
  for (let i = 0; i < stored.length; i++) stored[i] = Math.floor(rng.uniform() * 256);
  for (let at = 0; at < stored.length; at += bytes)
    for (const offset of scales) {
      const bits = scaleBits[draw.scales](rng);
      stored[at + offset] = bits & 255;
      stored[at + offset + 1] = bits >> 8;
    }
  return stored;
}

/** The matrix `[rows, columns]` on a backend. */
export function placeQuant(backend: Backend, draw: QuantDraw): QuantMatrix {
  return scope(() => {
    const shape = [storedRows(draw), columnsOf(draw)] as const;
    return QuantMatrix.fromBlocks(backend, draw.format, shape, blocksOf(draw)).narrowRows(draw.firstRow, draw.rows);
  });
}

function weightsOf(draw: QuantDraw): Expected {
  const { bytes, weights, weight } = blockFormulas[draw.format];
  const stored = blocksOf(draw);
  return expected("f32", [draw.rows, columnsOf(draw)], ([row, column]) => {
    const block = (draw.firstRow + row) * draw.blocks + Math.floor(column / weights);
    return weight(stored.subarray(block * bytes, (block + 1) * bytes), column % weights);
  });
}
