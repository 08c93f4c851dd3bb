/** Rows that go through a model together, padded on the right: what stands left of the padding does not see it. */
export interface PaddedBatch {
  /** Which of the given rows these are. */
  readonly rows: readonly number[];
  readonly inputIds: number[][];
  readonly attentionMask: number[][];
}

/** Bounds of one batch, so that its activations stay small and the event loop gets its turn. */
const MAX_ROWS = 32;
const MAX_SLOTS = 2048;

/**
 * Batches of rows of similar length, which leaves little to pad; without a pad token each row is a batch of its own.
 *
 * @param rows token ids
 * @param padTokenId fills the shorter rows of a batch; null = there is none
 *
 * @example
 * for (const { rows, inputIds, attentionMask } of paddedBatches([[5, 6, 7], [8]], 0)) {
 *   console.log(rows); // [ 1, 0 ]
 *   console.log(inputIds); // [ [ 8, 0, 0 ], [ 5, 6, 7 ] ]
 *   console.log(attentionMask); // [ [ 1, 0, 0 ], [ 1, 1, 1 ] ]
 * }
 */
export function* paddedBatches(
  rows: readonly (readonly number[])[],
  padTokenId: number | null,
): Generator<PaddedBatch> {
  const lengthOf = (row: number): number => rows[row]?.length ?? 0;
  const byLength = [...rows.keys()].sort((a, b) => lengthOf(a) - lengthOf(b));
  for (let start = 0; start < byLength.length;) {
    let end = start + 1;
    const fits = (row: number | undefined): boolean =>
      row !== undefined && end - start < MAX_ROWS && lengthOf(row) * (end - start + 1) <= MAX_SLOTS;
    while (padTokenId !== null && fits(byLength[end])) end += 1;
    const batch = byLength.slice(start, end);
    const longest = lengthOf(batch.at(-1) ?? 0);
    const padded = (row: number, values: readonly number[], fill: number): number[] => [
      ...values,
      ...Array.from({ length: longest - lengthOf(row) }, () => fill),
    ];
    yield {
      rows: batch,
      inputIds: batch.map((row) => padded(row, rows[row] ?? [], padTokenId ?? 0)),
      attentionMask: batch.map((row) =>
        padded(
          row,
          Array.from({ length: lengthOf(row) }, () => 1),
          0,
        ),
      ),
    };
    start = end;
  }
}
