import type { AlignedText } from "./aligned-text.ts";
import type { Encoding } from "./encoding.ts";

/** Rewrites a text and keeps the alignment with the original. */
export type Normalizer = (source: AlignedText) => AlignedText;

/** Cuts pieces into smaller pieces; the model never merges across a cut. Pieces are never empty. */
export type PreTokenizer = (pieces: readonly AlignedText[]) => AlignedText[];

/** Receives a token: its id, its text and the range `[start, end)` of the piece it covers, in UTF-16 units. */
export type EmitToken = (id: number, token: string, start: number, end: number) => void;

/** The vocabulary of a tokenizer and the rule that cuts a piece of text into its tokens. */
export interface TokenizerModel {
  /** The number of tokens, added tokens not counted. */
  readonly vocabSize: number;
  /** All tokens with their ids. */
  readonly vocab: ReadonlyMap<string, number>;
  /** The token with this id, if there is one. */
  idToToken(id: number): string | undefined;
  /** Cuts `text` and emits its tokens from left to right. */
  tokenize(text: string, emit: EmitToken): void;
}

/** Ids and merge ranks lie below this: more than any real vocabulary, few enough to index tables by them. */
export const maxIds = 2 ** 22;

/** Puts encodings into their final form; the results are joined in order. */
export interface PostProcessor {
  /** How many tokens it adds to a single text or to a pair. */
  addedTokens(isPair: boolean): number;
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[];
}
