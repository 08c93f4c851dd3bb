import type { EngineToken, GrammarSpec, WorkerRequest } from "@helium-lm/helium";
import type { ServedModel } from "../models/served-model.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";

/** Texts to be written behind one prompt. */
export interface CompletionRequest {
  readonly model: ServedModel;
  readonly promptIds: readonly number[];
  /** Texts behind the same prompt. */
  readonly n: number;
  /** New tokens of each at most; null: as many as the context has room for. */
  readonly maxTokens: number | null;
  readonly sampling: SamplingParameters;
  /** Texts end before the first of these. */
  readonly stop: readonly string[];
  readonly includeStop: boolean;
  /** Log-probabilities of each token and of so many in its place; null: none. */
  readonly logprobs: number | null;
  readonly grammar: GrammarSpec | null;
  /** Special tokens that belong to the text, such as those around a tool call; others are left out. "all": none is. */
  readonly shownSpecialIds: ReadonlySet<number> | "all";
  /** Starts of texts are shared by requests of one salt only. */
  readonly cacheSalt: string;
  /** Further options of the engine, such as those of speculative decoding. */
  readonly engineOptions: Partial<WorkerRequest>;
}

/** Why a text ended. */
export type FinishReason = "stop" | "length";

/** What happens to text `index`. */
export type CompletionEvent =
  | {
      readonly kind: "text";
      readonly index: number;
      readonly text: string;
      /** The tokens since the last event; the text may begin or end within one. */
      readonly tokens: readonly EngineToken[];
    }
  | {
      readonly kind: "end";
      readonly index: number;
      readonly finishReason: FinishReason;
      /** The string or the token of `stopTokenIds` that ended it; null: something else did. */
      readonly stop: string | number | null;
      /** Tokens that came after the last text, such as the one that ended it. */
      readonly tokens: readonly EngineToken[];
    };

/** Tokens of a request. */
export interface Usage {
  readonly promptTokens: number;
  /** Those of the prompt that were not computed, since they were still known. */
  readonly cachedTokens: number;
  /** New tokens, of all texts together. */
  readonly completionTokens: number;
}
