import { tensor, type Backend } from "@helium-lm/tensor";
import type { AttentionContext, RotaryEmbedding } from "@helium-lm/nn";

/** `batch` sequences of `length` tokens each, from position 0, without other keys than their own; of the running scope. */
export function uncachedContext(
  backend: Backend,
  rotary: RotaryEmbedding | undefined,
  { batch, length }: { readonly batch: number; readonly length: number },
): AttentionContext {
  const angles = rotary?.cosSin([Array.from({ length }, (_, t) => t)]);
  const rows = Int32Array.from({ length: batch * length }, (_, n) => n % length);
  const rope = angles && {
    cos: tensor(backend, angles.cos, { shape: angles.shape.slice(1) }), // [T, R/2]
    sin: tensor(backend, angles.sin, { shape: angles.shape.slice(1) }),
    positions: tensor(backend, rows, { dtype: "i32" }), // [B·T]
  };
  return {
    rope: rope ?? null,
    mask: null,
    maskIsComplete: false,
    runs: Array.from({ length: batch }, () => ({ count: length, length })),
    paged: null,
    outputWeights: false,
  };
}
