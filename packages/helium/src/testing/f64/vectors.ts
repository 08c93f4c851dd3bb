/** A vector, and a list of them: one per position. */
export type Row = Float64Array;
export type Rows = readonly Row[];

/** A stored tensor in f64. */
export interface F64Tensor {
  readonly shape: readonly number[];
  readonly values: Row;
}

/** `y = x·Wᵀ + b` for each row; W `[out, in]`. */
export function linear(x: Rows, weight: F64Tensor, bias?: F64Tensor): Rows {
  const [out = 0, inputs = 0] = weight.shape;
  return x.map((row) =>
    Float64Array.from({ length: out }, (_, o) => {
      let sum = bias?.values[o] ?? 0;
      for (let i = 0; i < inputs; i++) sum += at(row, i) * at(weight.values, o * inputs + i);
      return sum;
    }),
  );
}

/** `a + factor·b` for each row. */
export const added = (a: Rows, b: Rows, factor = 1): Rows =>
  a.map((row, t) => row.map((value, i) => value + factor * at(b[t] ?? row, i)));

/** The part `start … start + length − 1` of each row. */
export const columns = (x: Rows, start: number, length: number): Rows =>
  x.map((row) => row.slice(start, start + length));

export const at = (row: Row, i: number): number => row[i] ?? NaN;
