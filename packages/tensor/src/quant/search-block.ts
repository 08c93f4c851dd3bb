/** Adding and subtracting it rounds a double of moderate size to the nearest whole number, ties to even. */
export const ROUND = 1.5 * 2 ** 52;

/** Most values that one scale serves. */
const LONGEST = 32;

/** Values of one scale as doubles and their weights, loaded once and read by every candidate of a search. */
export const blockX: Float64Array = new Float64Array(LONGEST);
export const blockW: Float64Array = new Float64Array(LONGEST);

/** Loads `count` values from `from` on; weights of `null` are all 1. */
export function loadSearchBlock(
  values: Float32Array,
  from: number,
  count: number,
  importance: Float32Array | null,
): void {
  for (let i = 0; i < count; i++) blockX[i] = values[from + i];
  if (importance === null) blockW.fill(1, 0, count);
  else for (let i = 0; i < count; i++) blockW[i] = importance[from + i];
}
