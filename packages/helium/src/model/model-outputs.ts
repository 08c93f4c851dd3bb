import type { KvCache } from "@helium-lm/nn";
import { Tensor } from "@helium-lm/tensor";

/**
 * What every forward pass can return besides its main result; null = not asked for. The tensors are the caller's:
 * `dispose()` frees all of them at once, as does `using`.
 *
 * @example
 * ```ts
 * using output = model.forward({ inputIds: [[3, 5, 8]], outputHiddenStates: true });
 * const values = await output.logits.data();
 * ```
 */
export interface ModelOutput extends Disposable {
  /** Goes on to the next call, so `dispose()` leaves it alone: free it by its own `dispose()`. */
  readonly pastKeyValues: KvCache | null;
  /** L+1 tensors `[B, T, C]`: the embeddings, the output of each block, and last the final norm's output. */
  readonly hiddenStates: readonly (Tensor | null)[] | null;
  /** L tensors `[B, H, T, S]`, after the softmax. */
  readonly attentions: readonly Tensor[] | null;
  /** Frees every tensor of this output (`pastKeyValues` stays); a second call does nothing. */
  dispose(): void;
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

/** Whatever an output is made of, without the two methods that `disposable` adds. */
export type OutputFields<O extends Disposable> = Omit<O, "dispose" | typeof Symbol.dispose>;

/** The fields as an output that can be disposed; the methods are hidden from spreads and comparisons. */
export function disposable<T extends object>(fields: T): T & Disposable & { dispose(): void } {
  const dispose = (): void => {
    for (const value of Object.values(fields).flat() as readonly unknown[])
      if (value instanceof Tensor) value.dispose();
  };
  const hidden = { value: dispose, enumerable: false };
  return Object.defineProperties(fields, { dispose: hidden, [Symbol.dispose]: hidden }) as T &
    Disposable & { dispose(): void };
}
