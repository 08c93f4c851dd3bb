import type { Tensor } from "@helium-lm/tensor";
import type { KvCache } from "@helium-lm/nn";
import type { ClientEngine } from "../engine/engine-client.ts";
import type { GenerationConfig, GenerationLimits } from "./options/generation-config.ts";

/** What generation needs of a causal language model. */
export interface GenerativeModel {
  readonly generationConfig: GenerationConfig;
  readonly config: GenerationLimits;
  /** Bytes of all weights: what a pass over one token reads. */
  readonly weightBytes: number;
  /** Computes the rows of calls that name no other. */
  readonly ownEngine: ClientEngine;
  /** RoPE angles depend on the longest position of a call: a prompt is then read in one piece. */
  readonly anglesDependOnLength: boolean;
  /** Tokens of a prompt see those behind them: it is read in one piece. */
  readonly isBidirectional: boolean;
  /** Length beyond which a cache made before has other angles and is computed again; null = never. */
  readonly recomputeBeyond: number | null;
  /** A pass that also gives its states. */
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
