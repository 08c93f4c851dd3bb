import type { QuantFormatName } from "../contract/operand.ts";
import { checkOptionNames, type OptionNames } from "../option-names.ts";
import { QuantError } from "../errors.ts";
import type { QuantMethod, RowQuantizer } from "./format.ts";
import { quantFormatNames } from "./formats/index.ts";
import { quantizersOf } from "./quantizers.ts";
import { quantRowBytes, runCount } from "./row-bytes.ts";

export interface QuantizeOptions {
  /** Default: `search` where the format has it, else `reference`. */
  readonly method?: QuantMethod;
  /** Weight of the squared error of each column, ≥ 0 (e.g. the mean square of its activation); default all 1. */
  readonly importance?: ArrayLike<number>;
  /** Number that errors give the first row, where these are some rows of a larger matrix; default 0. */
  readonly firstRow?: number;
}

const quantizeOptions: OptionNames<QuantizeOptions> = { method: true, importance: true, firstRow: true };

/**
 * A matrix as blocks: `values` row by row, each row of `columns` weights by itself.
 *
 * NaN and infinite values have no level, and a value beyond `65504 · levels` no scale: both are errors. A block so small
 * that its scale vanishes in f16 (below 3e-8) becomes zeros, as in ggml.
 *
 * @throws QuantError for such values (with row and column), for columns that do not fill blocks, a method the format
 *   lacks, or an importance that is not `columns` finite numbers ≥ 0
 * @example
 * const blocks = quantize("q8_0", Float32Array.from({ length: 32 }, (_, i) => i - 16), 32);
 * console.log(blocks.length); // 34
 */
export function quantize(
  format: QuantFormatName,
  values: Float32Array,
  columns: number,
  options: QuantizeOptions = {},
): Uint8Array<ArrayBuffer> {
  checkOptionNames("quantize", options, quantizeOptions);
  const { method, importance, firstRow = 0 } = options;
  const rowBytes = quantRowBytes(format, columns);
  const rows = runCount(format, values.length, columns, "values");
  const weights = importance === undefined ? null : checkImportance(format, importance, columns);
  const quantizeRow = quantizerOf(format, method);
  const bytes = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    const source = values.subarray(row * columns, (row + 1) * columns);
    const odd = firstNotFinite(source);
    if (odd >= 0)
      throw new QuantError(
        format,
        `row ${firstRow + row}, column ${odd} is ${source[odd]}; expected finite weights. Check the checkpoint, or keep this tensor as f32`,
        { row: firstRow + row, column: odd, given: source[odd] },
      );
    quantizeRow(source, bytes.subarray(row * rowBytes, (row + 1) * rowBytes), weights);
  }
  return bytes;
}

/** Index of the first NaN or infinity, or −1: `x − x` is 0 for every other number. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return i;
  return -1;
}

function quantizerOf(format: QuantFormatName, method: QuantMethod | undefined): RowQuantizer {
  const quantizers = quantizersOf(format);
  const found = method === undefined ? (quantizers.search ?? quantizers.reference) : quantizers[method];
  if (found) return found;
  const able = quantFormatNames.filter((name) => {
    const other = quantizersOf(name);
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
