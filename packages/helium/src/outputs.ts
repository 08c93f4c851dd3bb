import type { KvCache } from "@helium-lm/nn";
import type { Tensor } from "@helium-lm/tensor";

/** What every forward pass can return besides its main result; null = not asked for. */
export interface ModelOutput {
  readonly pastKeyValues: KvCache | null;
  /** L+1 tensors `[B, T, C]`: the embeddings, the output of each block, and last the final norm's output. */
  readonly hiddenStates: readonly (Tensor | null)[] | null;
  /** L tensors `[B, H, T, S]`, after the softmax. */
  readonly attentions: readonly Tensor[] | null;
}

export interface BaseModelOutput extends ModelOutput {
  /** `[B, T, C]` after the final norm. */
  readonly lastHiddenState: Tensor;
}

export interface CausalLMOutput extends ModelOutput {
  /** Scalar, when labels were given. */
  readonly loss: Tensor | null;
  /** `[B, T, V]`, or the positions of `logitsToKeep` */
  readonly logits: Tensor;
}

export interface SequenceClassifierOutput extends ModelOutput {
  readonly loss: Tensor | null;
  /** `[B, labels]` */
  readonly logits: Tensor;
}

export interface TokenClassifierOutput extends Omit<ModelOutput, "pastKeyValues"> {
  readonly loss: Tensor | null;
  /** `[B, T, labels]` */
  readonly logits: Tensor;
}
