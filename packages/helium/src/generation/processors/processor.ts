/** One row of a step: the scores of its next token, and its tokens so far, prompt and padding included. */
export interface LogitsRow {
  readonly scores: Float32Array;
  readonly ids: readonly number[];
}

/**
 * Changes the scores of a step in place before tokens are chosen; −∞ removes a token. Scores are logits, or
 * log-probabilities in beam search.
 */
export interface LogitsProcessor {
  /** The built-in ones have the name of their option. */
  readonly name: string;
  /** All rows of the step, prompt by prompt; it may wait, e.g. for a model of its own. */
  process(rows: readonly LogitsRow[]): void | Promise<void>;
  /**
   * The same for the row in place `index` alone, given by processors that look at each row alone and remember nothing.
   * Where all of a call's have it, tokens can be tried behind several rows (`assistantModel`, `promptLookupNumTokens`).
   */
  processRow?(row: LogitsRow, index: number): void;
  /** Beam search put row `parents[i]` in place i; for processors that remember something of each row. */
  select?(parents: readonly number[]): void;
  /** Frees what the processor holds, when the generation is over. */
  dispose?(): void;
}

/**
 * A processor that looks at each row alone and remembers nothing; it is exported as `logitsProcessor`.
 *
 * @param process changes the scores `[V]` of one row in place; −∞ removes a token
 *
 * @example
 * const noEos = logitsProcessor("noEos", (scores) => {
 *   scores[tokenizer.eosTokenId] = -Infinity;
 * });
 * const inputIds = [tokenizer.encode("Once upon a time")];
 * await model.generate({ inputIds, maxNewTokens: 4, logitsProcessors: [noEos] });
 */
export function perRow(
  name: string,
  process: (scores: Float32Array, ids: readonly number[], row: number) => void,
): LogitsProcessor {
  const processRow = ({ scores, ids }: LogitsRow, row: number): void => process(scores, ids, row);
  return { name, process: (rows) => rows.forEach(processRow), processRow };
}

/** Removes tokens; ids outside the vocabulary are ignored. */
export function ban(scores: Float32Array, tokens: Iterable<number>): void {
  for (const token of tokens) if (token < scores.length) scores[token] = -Infinity;
}
