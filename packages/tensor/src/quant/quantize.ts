import type { QuantFormatName } from "../backend.ts";
import { QuantError } from "./errors.ts";
import type { QuantMethod } from "./format.ts";
import { quantFormatNames, quantFormats } from "./formats.ts";

export interface QuantizeOptions {
  /** Default: `search` where the format has it, else `reference`. */
  readonly method?: QuantMethod;
  /** Weight of the squared error of each column, ≥ 0 (e.g. the mean square of its activation); default all 1. */
  readonly importance?: ArrayLike<number>;
}

/**
 * Bytes of one row of `columns` weights.
 *
 * @throws QuantError when the columns do not fill whole blocks; the message names the format to fall back to
 */
export function quantRowBytes(format: QuantFormatName, columns: number): number {
  const { blockSize, blockBytes, fallback } = quantFormats[format];
  if (!Number.isSafeInteger(columns) || columns < 0 || columns % blockSize !== 0) {
    const fits = fallback !== null && columns % quantFormats[fallback].blockSize === 0;
    throw new QuantError(
      format,
      `rows of ${columns} weights do not fill blocks of ${blockSize}; use ${fits ? `${fallback} or ` : ""}bf16 for this tensor`,
      { given: columns, expected: blockSize, fallback: fits ? fallback : null },
    );
  }
  return (columns / blockSize) * blockBytes;
}

/**
 * The format itself if rows of `columns` weights fill its blocks, else its fallback if they fill that one's, else null:
 * such a tensor is kept as bf16.
 */
export function fittingFormat(format: QuantFormatName, columns: number): QuantFormatName | null {
  const { blockSize, fallback } = quantFormats[format];
  if (columns % blockSize === 0) return format;
  return fallback === null ? null : fittingFormat(fallback, columns);
}

/**
 * A matrix as blocks: `values` row by row, each row of `columns` weights by itself.
 *
 * NaN and infinite values have no level, and a value beyond `65504 · levels` no scale: both are errors. A block so small
 * that its scale vanishes in f16 (below 3e-8) becomes zeros, as in ggml.
 *
 * @throws QuantError for such values (with row and column), for columns that do not fill blocks, a method the format
 *   lacks, or an importance that is not `columns` finite numbers ≥ 0
 */
export function quantize(
  format: QuantFormatName,
  values: Float32Array,
  columns: number,
  { method, importance }: QuantizeOptions = {},
): Uint8Array {
  const rowBytes = quantRowBytes(format, columns);
  const rows = rowCount(format, values.length, columns, "values");
  const weights = importance === undefined ? null : checkImportance(format, importance, columns);
  const quantizeRow = quantizerOf(format, method);
  const bytes = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    const source = values.subarray(row * columns, (row + 1) * columns);
    const odd = firstNotFinite(source);
    if (odd >= 0)
      throw new QuantError(
        format,
        `row ${row}, column ${odd} is ${source[odd]}; expected finite weights. Check the checkpoint, or keep this tensor as f32`,
        { row, column: odd, given: source[odd] },
      );
    quantizeRow(source, bytes.subarray(row * rowBytes, (row + 1) * rowBytes), weights);
  }
  return bytes;
}

/**
 * The weights of a matrix in blocks, exactly as ggml reads them.
 *
 * @throws QuantError when the bytes are not whole blocks
 */
export function dequantize(format: QuantFormatName, bytes: Uint8Array): Float32Array {
  const { blockSize, blockBytes, dequantizeRow } = quantFormats[format];
  const blocks = rowCount(format, bytes.length, blockBytes, "bytes");
  const out = new Float32Array(blocks * blockSize);
  dequantizeRow(bytes, out);
  return out;
}

/** Index of the first NaN or infinity, or −1: `x − x` is 0 for every other number. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return i;
  return -1;
}

function rowCount(format: QuantFormatName, length: number, perRow: number, what: string): number {
  const rows = perRow === 0 ? 0 : length / perRow;
  if (Number.isInteger(rows) && (perRow > 0 || length === 0)) return rows;
  throw new QuantError(format, `${length} ${what} do not divide into runs of ${perRow}; check shape and format`, {
    given: length,
    expected: perRow,
  });
}

function quantizerOf(format: QuantFormatName, method: QuantMethod | undefined) {
  const { quantizers } = quantFormats[format];
  const found = method === undefined ? (quantizers.search ?? quantizers.reference) : quantizers[method];
  if (found) return found;
  const able = quantFormatNames.filter((name) => {
    const other = quantFormats[name].quantizers;
    return method === undefined ? (other.search ?? other.reference) !== undefined : other[method] !== undefined;
  });
  throw new QuantError(
    format,
    `has no ${method === undefined ? "" : `${method} `}quantiser; formats that have one: ${able.join(", ")}`,
    { given: format, expected: able },
  );
}

function checkImportance(format: QuantFormatName, importance: ArrayLike<number>, columns: number): Float32Array {
  const weights = Float32Array.from(importance);
  const odd = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (weights.length !== columns || odd >= 0)
    throw new QuantError(
      format,
      `importance ${odd >= 0 ? `[${odd}] is ${weights[odd]}` : `holds ${weights.length} numbers`}; expected ${columns} finite numbers ≥ 0`,
      { given: odd >= 0 ? weights[odd] : weights.length, expected: columns },
    );
  return weights;
}
