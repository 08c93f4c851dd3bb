/** Rows of different lengths brought to one. */
export interface PaddedBatch {
  readonly inputIds: readonly (readonly number[])[];
  /** 1 = token, 0 = padding. */
  readonly attentionMask: readonly (readonly number[])[];
  /** Positions that do not count the padding. */
  readonly positionIds: readonly (readonly number[])[];
  /** Column of each row's first token. */
  readonly starts: readonly number[];
}

export function paddedBatch(
  rows: readonly (readonly number[])[],
  side: "left" | "right",
  padTokenId: number,
): PaddedBatch {
  const length = Math.max(...rows.map((row) => row.length));
  const pad = <T>(row: readonly T[], value: T): T[] => {
    const filler = new Array<T>(length - row.length).fill(value);
    return side === "left" ? [...filler, ...row] : [...row, ...filler];
  };
  return {
    inputIds: rows.map((row) => pad(row, padTokenId)),
    attentionMask: rows.map((row) =>
      pad<number>(
        row.map(() => 1),
        0,
      ),
    ),
    positionIds: rows.map((row) => pad([...row.keys()], 0)),
    starts: rows.map((row) => (side === "left" ? length - row.length : 0)),
  };
}

/** `rows` as a batch of the first one's length: shorter ones go on from their start, longer ones are cut. */
export function rectangle(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const length = rows[0]?.length ?? 0;
  return rows.map((row) => Array.from({ length }, (_, t) => row[t % row.length] ?? 0));
}
