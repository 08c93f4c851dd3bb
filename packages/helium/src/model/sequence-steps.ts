import type { SequenceStep } from "@helium-lm/nn";
import { InputError } from "../errors.ts";
import { tensor, type Backend, type Tensor } from "@helium-lm/tensor";

/** @throws InputError for the first id of a pass that is outside the vocabulary; it says which sequence and token */
export function checkStepIds(steps: readonly SequenceStep[], vocabSize: number): void {
  for (const [r, { sequence, ids }] of steps.entries())
    for (const [t, id] of ids.entries())
      if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
        const token = sequence.length - ids.length + t;
        throw new InputError(
          "inputIds",
          `sequence ${r} of the pass has id ${id} as its token ${token}; expected an integer from 0 to ${vocabSize - 1}`,
          { given: id, sequence: r, token, vocabSize },
        );
      }
}

/** Which tokens of its sequence each new token may see at all: bool `[N, 1, S]`; null where all are seen. */
export function stepPaddingMask(backend: Backend, steps: readonly SequenceStep[]): Tensor | null {
  if (steps.every(({ visible }) => !visible?.includes(0))) return null;
  const S = Math.max(...steps.map(({ sequence }) => sequence.length));
  const rows = steps.flatMap(({ ids, visible }) => {
    const row = Array.from({ length: S }, (_, s) => visible?.[s] ?? 1);
    return ids.map(() => row);
  });
  return tensor(backend, rows.flat(), { shape: [rows.length, 1, S], dtype: "bool" });
}
