/** Tells which rows are finished. */
export interface StoppingCriterion {
  /** The built-in ones have the name of their option. */
  readonly name: string;
  /** For each row, after its last token was appended, whether it ends. In beam search the rows are candidates. */
  isMet(rows: readonly (readonly number[])[]): readonly boolean[];
}

/** A criterion that looks at each row alone. */
export function perRow(name: string, isMet: (ids: readonly number[], row: number) => boolean): StoppingCriterion {
  return { name, isMet: (rows) => rows.map(isMet) };
}
