import type { ConstrainedRows } from "../grammar/constrained-rows.ts";

/** Tells which rows are finished. */
export interface StoppingCriterion {
  /** The built-in ones have the name of their option. */
  readonly name: string;
  /** For each row, after its last token was appended, whether it ends. In beam search the rows are candidates. */
  isMet(rows: readonly (readonly number[])[]): readonly boolean[];
  /** The same for the row in place `index` alone, given by criteria that look at each row alone. */
  isRowMet?(ids: readonly number[], index: number): boolean;
}

/**
 * A criterion that looks at each row alone; it is exported as `stoppingCriterion`.
 *
 * @param isMet of the ids of one row, prompt included, whether it ends
 *
 * @example
 * const atTen = stoppingCriterion("atTen", (ids) => ids.length >= 10);
 * const inputIds = [tokenizer.encode("Once upon a time")];
 * const { sequences } = await model.generate({ inputIds, maxNewTokens: 64, stoppingCriteria: [atTen] });
 * console.log(sequences[0].length <= 10); // true
 */
export function perRow(name: string, isMet: (ids: readonly number[], row: number) => boolean): StoppingCriterion {
  return { name, isMet: (rows) => rows.map(isMet), isRowMet: isMet };
}

/** What the built-in criteria are made from. */
export interface StoppingSettings {
  readonly maxLength: number;
  readonly maxPositionEmbeddings: number;
  readonly maxTime: number | null;
  readonly stopStrings: StopStrings | null;
  readonly eosTokenIds: ReadonlySet<number>;
  readonly grammar: ConstrainedRows | null;
  /** Rows per prompt. */
  readonly copies: number;
  readonly warn: (message: string) => void;
}

/** Texts that end a row, and what shows the row's text. */
export interface StopStrings {
  readonly strings: readonly string[];
  readonly tokenizer: StopStringTokenizer;
}

/** What stop strings need of a tokenizer. */
export interface StopStringTokenizer {
  /** The bytes of UTF-8 that a token stands for in the middle of a text; null for ids outside the vocabulary. */
  tokenBytes(id: number): Uint8Array | null;
}

/** All there is to know of a built-in criterion; one line in the table of `index.ts` makes it a part of `generate`. */
export interface StoppingDefinition {
  /** Name of the option and of the criterion. */
  readonly option: string;
  /** It ends the generation, not the text of a row. */
  readonly isLimit?: true;
  /** A criterion, or null where the settings ask for none. */
  make(settings: StoppingSettings): StoppingCriterion | null;
}
