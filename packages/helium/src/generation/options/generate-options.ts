import type { DTypeAlias } from "@helium-lm/tensor";
import type { KvCache, KvDType } from "@helium-lm/nn";
import type { ClientEngine } from "../../engine/engine-client.ts";
import type { GenerationConfig } from "./generation-config.ts";
import type { GenerativeModel } from "../generative-model.ts";
import type { CallProcessorOptions, LogitsProcessor } from "../processors/index.ts";
import type { StoppingCriterion, StopStringTokenizer } from "../stopping/index.ts";

/** One call's options: the inputs, the settings, and what only a call has. */
export interface GenerateOptions extends GenerationConfig, CallProcessorOptions {
  /** Prompts `[B][T]` of one length, padded on the left; default: one row of bos. */
  readonly inputIds?: readonly (readonly number[])[];
  /** 1 = token, 0 = padding, as `inputIds`. Default: what is not the pad token, unless pad is also an eos. */
  readonly attentionMask?: readonly (readonly number[])[];
  /** Replaces the model's own generation config (`{}` for the library's defaults). */
  readonly generationConfig?: GenerationConfig;
  /**
   * The caller's cache, extended in place: it may hold the first slots of the prompts, so that they are not computed
   * again. After an error it is as it was before.
   */
  readonly pastKeyValues?: KvCache;
  /** Storage of keys and values in a cache made for this call; default: the model's `kvDType`. */
  readonly kvDType?: KvDType | DTypeAlias<KvDType>;
  /**
   * A smaller model with the same vocabulary that writes ahead, so that this one reads several tokens in one pass
   * (speculative decoding). A greedy text is the same as without it; one that is drawn has the same distribution, but
   * another text belongs to the same seed. It stays the caller's.
   */
  readonly assistantModel?: GenerativeModel;
  /** Computes the rows, beside those of its other calls; default: the model's own engine. */
  readonly engine?: ClientEngine;
  /**
   * Starts of texts that the engine keeps are found only by calls with the same salt, so that nobody learns by a faster answer
   * what others have asked; default: the empty one.
   */
  readonly cacheSalt?: string;
  /** Run after the built-in ones and before those of sampling; one with a built-in's name replaces it in its place. */
  readonly logitsProcessors?: readonly LogitsProcessor[];
  /** Tested after the built-in ones; one with a built-in's name replaces it in its place. */
  readonly stoppingCriteria?: readonly StoppingCriterion[];
  /** What `guidanceScale` leads away from, `[B][T']` padded on the left; default: the last token of each prompt. */
  readonly negativePromptIds?: readonly (readonly number[])[];
  /** 1 = token, 0 = padding, as `negativePromptIds`; default: all ones. */
  readonly negativePromptAttentionMask?: readonly (readonly number[])[];
  /** The model's tokenizer, for `stopStrings`, `grammar` and `tokenHealing`. */
  readonly tokenizer?: StopStringTokenizer;
  /**
   * Seed of the sampler, or one for each prompt; default: random ones. A row's random numbers depend on its seed, on which
   * of the rows with this prompt and seed it is, and on the step: neither other prompts, nor padding, backend or threads
   * change them.
   */
  readonly seed?: number | readonly number[] | null;
  /** Stops between chunks of work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of each option that has no effect or is not what was probably meant. */
  readonly onWarning?: (message: string) => void;
}
