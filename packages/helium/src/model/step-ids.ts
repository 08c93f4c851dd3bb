import type { SequenceStep } from "@helium-lm/nn";
import { InputError } from "../errors.ts";

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
