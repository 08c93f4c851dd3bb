import type { DType } from "../../dtypes/dtype.ts";
import type { Tolerance } from "../compare.ts";
import type { Expected } from "../tensor-values.ts";

/** Run of activations that may share one scale. */
export const RUN = 32;

/** A row of activations and the largest |x| in each of its runs. */
export interface RoundedRow {
  readonly row: Float64Array;
  readonly peaks: Float64Array;
}

export function roundedRow(row: Float64Array): RoundedRow {
  const peaks = new Float64Array(row.length / RUN);
  for (let k = 0; k < row.length; k++)
    peaks[Math.floor(k / RUN)] = Math.max(peaks[Math.floor(k / RUN)], Math.abs(row[k]));
  return { row, peaks };
}

/** Product of a row with row n of the weights `[N, K]`, and the size of what rounding the row does to it. */
export function roundedProduct({ row, peaks }: RoundedRow, { data }: Expected, n: number): [number, number] {
  let total = 0;
  let variance = 0;
  for (let k = 0; k < row.length; k++) {
    const factor = data[n * row.length + k];
    total += row[k] * factor;
    variance += (peaks[Math.floor(k / RUN)] * factor) ** 2;
  }
  return [total, Math.sqrt(variance)];
}

/**
 * Rounding x to b bits of its run's largest `top` errs by `top / (2ᵇ − 2)` at most, evenly spread, so a sum of products
 * with w has a standard deviation of `top·√Σw² / (√3·(2ᵇ − 2))`. Allowed are six of them: 3.5·2⁻⁸ for 8 bits; weights of 8
 * bits deserve activations of 12 (in units of f16's 2⁻¹¹: 0.9).
 */
export function roundingTolerance(dtype: DType, format: string, extra = 0): Tolerance {
  const wide = format === "q8_0" && dtype !== "bf16";
  return {
    kind: "relative",
    factor: (wide ? 0.9 : 3.5) + extra,
    terms: 1,
    intermediate: wide ? "f16" : "bf16",
    reason: `activations may be rounded to ${wide ? 12 : 8} bits of the largest in their run of ${RUN}`,
  };
}
