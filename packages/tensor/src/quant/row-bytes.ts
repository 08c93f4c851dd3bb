import type { QuantFormatName } from "../contract/operand.ts";
import { QuantError } from "../errors.ts";
import { quantFormats } from "./formats/index.ts";

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

/** How many runs of `perRun` values or bytes `length` of them are. @throws QuantError when they are no whole number */
export function runCount(format: QuantFormatName, length: number, perRun: number, what: string): number {
  const runs = perRun === 0 ? 0 : length / perRun;
  if (Number.isInteger(runs) && (perRun > 0 || length === 0)) return runs;
  throw new QuantError(format, `${length} ${what} do not divide into runs of ${perRun}; check shape and format`, {
    given: length,
    expected: perRun,
  });
}
