import { splitAtSpaces, utf8Length } from "../python/text.ts";

/** How likely a model finds a text, and how long the text is. */
export interface RollingOutcome {
  /** Sum over all tokens, natural logarithm. */
  readonly logprob: number;
  readonly tokens: number;
  readonly words: number;
  readonly bytes: number;
}

/**
 * The length of a text for perplexities: its bytes in UTF-8, and its words, i.e. the pieces between white space, with an empty one
 * where the text begins or ends with white space. An empty text has one word.
 *
 * Source: lm-evaluation-harness.
 *
 * @example
 * console.log(textLength("Größe 1 ")); // { words: 3, bytes: 10 }
 */
export const textLength = (text: string): { readonly words: number; readonly bytes: number } => ({
  words: splitAtSpaces(text).length,
  bytes: utf8Length(text),
});

/**
 * exp(−Σ log P / Σ units): how many equally likely choices a model would have for each token, word or byte.
 *
 * @example
 * console.log(perplexity(-20, 10).toFixed(2)); // 7.39
 */
export const perplexity = (logprob: number, units: number): number => Math.exp(-logprob / units);

/**
 * −Σ log₂ P / Σ bytes: what a byte of the text costs when the model compresses it.
 *
 * @example
 * console.log(bitsPerByte(-20, 10).toFixed(2)); // 2.89
 */
export const bitsPerByte = (logprob: number, bytes: number): number => -(logprob / bytes) / Math.LN2;
