/** Numbers of one document that add up to those of several. */
export type Statistics = readonly number[];

/** Element by element over all rows, in their order; `[]` for none. */
export function sumOf(rows: readonly Statistics[]): number[] {
  const sum = new Array<number>(rows[0]?.length ?? 0).fill(0);
  for (const row of rows) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (row[i] as number);
  return sum;
}
