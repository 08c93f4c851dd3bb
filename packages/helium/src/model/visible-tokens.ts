import { tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import type { SequenceStep } from "@helium-lm/nn";

/** Which tokens of its sequence each new token may see at all: bool `[N, 1, S]`; null where all are seen. */
export function visibleTokens(backend: Backend, steps: readonly SequenceStep[]): Tensor | null {
  if (steps.every(({ visible }) => !visible?.includes(0))) return null;
  const S = Math.max(...steps.map(({ sequence }) => sequence.length));
  const rows = steps.flatMap(({ ids, visible }) => {
    const row = Array.from({ length: S }, (_, s) => visible?.[s] ?? 1);
    return ids.map(() => row);
  });
  return tensor(backend, rows.flat(), { shape: [rows.length, 1, S], dtype: "bool" });
}
