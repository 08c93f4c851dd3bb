import type { WatermarkingConfig } from "./processors/watermarking-config.ts";
import type { DraftSchedule } from "./speculation/draft-length.ts";

/** Generation settings, as the camel-cased keys of transformers' `GenerationConfig`; null = not set. */
export interface GenerationConfig {
  /** New tokens per row; wins over `maxLength`. */
  readonly maxNewTokens?: number | null;
  /** Longest row, the (padded) prompt included. Default: 20 new tokens. */
  readonly maxLength?: number | null;
  /** No eos before a row, prompt included, is this long; default 0. */
  readonly minLength?: number | null;
  /** No eos among the first new tokens; wins over `minLength`. */
  readonly minNewTokens?: number | null;
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
  /** Divides the logits before sampling; default 1. */
  readonly temperature?: number | null;
  /** Sample among the k most likely tokens; default 50, 0 = all. */
  readonly topK?: number | null;
  /** Sample among the fewest tokens whose probabilities reach p; default 1 = all. */
  readonly topP?: number | null;
  /** Sample among tokens at least this fraction as likely as the likeliest. */
  readonly minP?: number | null;
  /** Sample among the likeliest tokens that make up this fraction of the entropy. */
  readonly topH?: number | null;
  /** Sample among the tokens whose information is nearest to the entropy, up to this probability; default 1 = all. */
  readonly typicalP?: number | null;
  /** Sample among tokens at least this likely; default 0 = all. */
  readonly epsilonCutoff?: number | null;
  /** As `epsilonCutoff`, lower where the distribution is flat; default 0 = all. */
  readonly etaCutoff?: number | null;
  /** Above 1 makes every token that already occurred less likely; default 1. */
  readonly repetitionPenalty?: number | null;
  /** Above 1 makes the prompt's tokens more likely; default 1. */
  readonly encoderRepetitionPenalty?: number | null;
  /** No n-gram occurs twice, the prompt included; default 0 = off. */
  readonly noRepeatNgramSize?: number | null;
  /** No n-gram of the prompt occurs again; default 0 = off. */
  readonly encoderNoRepeatNgramSize?: number | null;
  /** Token sequences that never occur. */
  readonly badWordsIds?: readonly (readonly number[])[] | null;
  /** Pairs of a token sequence and what is added to the logit of its last token where the others precede it. */
  readonly sequenceBias?: readonly (readonly [readonly number[], number])[] | null;
  /** Tokens that never occur. */
  readonly suppressTokens?: readonly number[] | null;
  /** Tokens that are never the first new one. */
  readonly beginSuppressTokens?: readonly number[] | null;
  /** Token after a prompt of one token. */
  readonly forcedBosTokenId?: number | null;
  /** Token or tokens, one of which is the last where `maxLength` is reached. */
  readonly forcedEosTokenId?: number | readonly number[] | null;
  /** `[start, factor]`: after `start` new tokens eos grows likelier, exponentially. */
  readonly exponentialDecayLengthPenalty?: readonly [number, number] | null;
  /** Replace NaN and infinities of the logits. */
  readonly removeInvalidValues?: boolean | null;
  /** Turn the processed scores into log-probabilities. */
  readonly renormalizeLogits?: boolean | null;
  /** Above 1 leads away from what the model says without the prompt, or with `negativePromptIds`. */
  readonly guidanceScale?: number | null;
  /** Marks the text so that it can be told from others. */
  readonly watermarkingConfig?: WatermarkingConfig | null;
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

/** Facts of the model that settings are resolved against. */
export interface GenerationLimits {
  readonly maxPositionEmbeddings: number;
  readonly vocabSize: number;
}
