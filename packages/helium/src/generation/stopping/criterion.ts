/** Tells which rows are finished. */
export interface StoppingCriterion {
  /** The built-in ones have the name of their option. */
  readonly name: string;
  /** For each row, after its last token was appended, whether it ends. In beam search the rows are candidates. */
  isMet(rows: readonly (readonly number[])[]): readonly boolean[];
  /** The same for the row in place `index` alone, given by criteria that look at each row alone. */
  isRowMet?(ids: readonly number[], index: number): boolean;
}

/** A criterion that looks at each row alone. */
export function perRow(name: string, isMet: (ids: readonly number[], row: number) => boolean): StoppingCriterion {
  return { name, isMet: (rows) => rows.map(isMet), isRowMet: isMet };
}
