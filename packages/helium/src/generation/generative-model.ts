import type { Tensor } from "@helium-lm/tensor";
import type { KvCache, KvDType } from "@helium-lm/nn";
import type { GenerationConfig, GenerationLimits } from "./options.ts";

/** What generation needs of a causal language model. */
export interface GenerativeModel {
  readonly generationConfig: GenerationConfig;
  readonly config: GenerationLimits;
  /** A new, empty cache; the caller disposes it. */
  createCache(options?: { readonly kvDType?: KvDType; readonly slots?: number }): KvCache;
  /** RoPE angles depend on the longest position of a call: a prompt is then read in one piece. */
  readonly anglesDependOnLength: boolean;
  /** Length beyond which a cache made before has other angles and is computed again; null = never. */
  readonly recomputeBeyond: number | null;
  forward(inputs: {
    readonly inputIds: readonly (readonly number[])[];
    readonly attentionMask: readonly (readonly number[])[];
    readonly positionIds: readonly (readonly number[])[];
    readonly pastKeyValues?: KvCache;
    readonly useCache: boolean;
    readonly logitsToKeep: number;
    readonly outputHiddenStates: boolean;
    readonly outputAttentions: boolean;
  }): ForwardOutput;
}

export interface ForwardOutput {
  /** `[B, logitsToKeep, V]` */
  readonly logits: Tensor;
  readonly hiddenStates: readonly (Tensor | null)[] | null;
  readonly attentions: readonly Tensor[] | null;
}
