import type { GenerateOptions } from "../generation/options/generate-options.ts";

/** Options of `generate` that are about several rows, about states, or about where the rows are computed. */
type NotOfRequests =
  | "inputIds"
  | "attentionMask"
  | "engine"
  | "pastKeyValues"
  | "numBeams"
  | "numReturnSequences"
  | "lengthPenalty"
  | "earlyStopping"
  | "outputScores"
  | "outputLogits"
  | "outputHiddenStates"
  | "outputAttentions"
  | "negativePromptAttentionMask";

/** One text to go on with: its tokens, and the settings of `generate` that are about one text. */
export interface EngineRequest extends Omit<GenerateOptions, NotOfRequests> {
  /** The prompt, `[T]` or, as a tokenizer gives it, `[[T]]`. */
  readonly inputIds: readonly number[] | readonly (readonly number[])[];
  /**
   * Log-probabilities of each new token and of the n likeliest ones in its place, n from 0 on; default: none. They are of the
   * model's own distribution, before temperature, processors and cuts.
   */
  readonly logprobs?: number;
}

/** How likely the model found a token. */
export interface TokenLogprobs {
  /** Natural logarithm of its probability. */
  readonly logprob: number;
  /** As many as were asked for, the likeliest first; of equal ones the lower id comes first. */
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

/** A token of a request's text. */
export interface EngineToken {
  readonly id: number;
  /** Tokens of this request before it. */
  readonly index: number;
  /** Where the request asked for them. */
  readonly logprobs?: TokenLogprobs;
}

/** What a request has cost so far. */
export interface RequestStats {
  readonly promptTokens: number;
  /** Tokens that were not computed, since a text with the same start had been. */
  readonly reusedTokens: number;
  /** Tokens computed for it, those included that were computed again after a preemption. */
  readonly computedTokens: number;
  readonly newTokens: number;
  /** Those of them that the grammar left no choice of: they were added without a pass of their own. */
  readonly forcedTokens: number;
  /** Times that it lost its pages to a request that came earlier. */
  readonly preemptions: number;
  /** Name of the criterion that ended it, such as "eosTokenId" or "maxLength"; null while it goes on, and after a failure. */
  readonly finishReason: string | null;
  /** From `submit` to the first token, in ms; null before. */
  readonly firstTokenMs: number | null;
  /** From `submit` to the last token so far, in ms. */
  readonly totalMs: number;
}

/** A request that came to its end. */
export interface EngineResult {
  /** The new tokens. */
  readonly ids: readonly number[];
  /** One for each of them, where the request asked for them. */
  readonly logprobs?: readonly TokenLogprobs[];
  /** Name of the criterion that ended the text: "eosTokenId", "maxLength", "stopStrings", "grammar", "maxTime" or one of the caller's own. */
  readonly finishReason: string;
  readonly stats: RequestStats;
  /** Options that had no effect or are not what was probably meant. */
  readonly warnings: readonly string[];
}
