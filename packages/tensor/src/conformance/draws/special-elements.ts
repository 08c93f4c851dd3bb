import { isFloat, type DType } from "../../dtypes/dtype.ts";
import { largestOf, specialValues } from "../formulas/number-format.ts";

/** Values that replace single elements to see that no other result changes; none between 0 and `floor`. */
export function intruders(dtype: DType, floor: number): readonly number[] {
  if (!isFloat(dtype)) return specialValues(dtype);
  const subnormal = specialValues(dtype)[2];
  return [NaN, Infinity, -Infinity, -0, subnormal < floor ? 0 : subnormal, -largestOf(dtype)];
}

/**
 * For ops that add up products: a huge value may overflow f32 on the way although the formula's result does not, so
 * only what does not depend on it is checked.
 */
export function isNotHuge(value: number): boolean {
  return !Number.isFinite(value) || Math.abs(value) <= 2;
}

/** For ops that round runs of elements by a scale of their own: one infinite or huge element takes that of its whole run. */
export function leavesScales(value: number): boolean {
  return Number.isNaN(value) || value === 0;
}
