import type { ProcessorOptions } from "../processors/index.ts";
import type { DraftSchedule } from "../speculation/draft-length.ts";

/**
 * Generation settings, as the camel-cased keys of transformers' `GenerationConfig`; null = not set. Those of the logits
 * processors are declared beside them.
 */
export interface GenerationConfig extends ProcessorOptions {
  /** New tokens per row; wins over `maxLength`. */
  readonly maxNewTokens?: number | null;
  /** Longest row, the (padded) prompt included. Default: 20 new tokens. */
  readonly maxLength?: number | null;
  /** Seconds after which no further step begins. */
  readonly maxTime?: number | null;
  /** A row ends when the text of its tail ends one of these; needs `tokenizer`. */
  readonly stopStrings?: string | readonly string[] | null;
  /** Draw from the distribution instead of taking its maximum. */
  readonly doSample?: boolean | null;
  /** Beams per prompt; default 1 = no beam search. */
  readonly numBeams?: number | null;
  /** Rows returned per prompt: drawn independently, or the best beams. Default 1. */
  readonly numReturnSequences?: number | null;
  /** Beam scores are divided by `length ** lengthPenalty`; above 0 favours longer rows. Default 1. */
  readonly lengthPenalty?: number | null;
  /**
   * When beam search ends: true = once `numBeams` rows are finished, false = when a better one is unlikely, "never" =
   * when no better one can come. Default false.
   */
  readonly earlyStopping?: boolean | "never" | null;
  /** Tokens tried at once, at most, where the text repeats an earlier part of itself; the result is that of plain decoding. */
  readonly promptLookupNumTokens?: number | null;
  /** Longest tail that prompt lookup looks for; default 2. */
  readonly maxMatchingNgramSize?: number | null;
  /** Tokens that `assistantModel` writes ahead, at most; default: its own generation config's, else 20. */
  readonly numAssistantTokens?: number | null;
  /**
   * How many tokens are tried at once, by draft model or lookup. "adaptive", the default: as many as pay by the share that
   * was right so far, none where there are too many rows. "heuristic" and "heuristic_transient" (here the same): 2 more
   * after a draft that was right, else 1 less. "constant": always the most.
   */
  readonly numAssistantTokensSchedule?: DraftSchedule | null;
  /** `assistantModel` stops where its likeliest token has a probability below; default: its generation config's, else 0.4. */
  readonly assistantConfidenceThreshold?: number | null;
  /**
   * Takes back the tokens at the end of a prompt that a longer one could replace, and lets the model write their text anew, so
   * that a prompt may end in the middle of a word. Needs `tokenizer`; the rows returned begin with the shorter prompts.
   */
  readonly tokenHealing?: boolean | null;
  /** Prompt tokens read at once; default: what keeps the event loop alive. */
  readonly prefillChunkSize?: number | null;
  /** Keep keys and values between steps; default true. */
  readonly useCache?: boolean | null;
  /** Return the processed scores of each step. */
  readonly outputScores?: boolean | null;
  /** Return the logits of each step as the model gave them. */
  readonly outputLogits?: boolean | null;
  /** Return the hidden states of each step. */
  readonly outputHiddenStates?: boolean | null;
  /** Return the attention probabilities of each step. */
  readonly outputAttentions?: boolean | null;
  readonly bosTokenId?: number | null;
  /** A row ends with any of these. */
  readonly eosTokenId?: number | readonly number[] | null;
  /** Fills finished rows; default: the first eos. */
  readonly padTokenId?: number | null;
}

/** What the settings of a call are checked against. */
export interface GenerationLimits {
  readonly maxPositionEmbeddings: number;
  readonly vocabSize: number;
}
