import type { KvSequence, SequenceStep } from "@helium-lm/nn";
import { expect, test } from "vitest";
import { checkStepIds } from "./sequence-steps.ts";

const step = (length: number, ids: readonly number[]): SequenceStep => ({
  sequence: { length } as KvSequence,
  ids,
  positions: [],
  outputs: 1,
});

test("a bad id of a pass is named by its sequence and place; the first and the last of the vocabulary are good", () => {
  expect(() => checkStepIds([step(2, [0, 9]), step(7, [9])], 10)).not.toThrow();
  for (const [bad, ...ids] of [
    [10, 3, 10],
    [-1, 3, -1],
    [1.5, 3, 1.5],
  ])
    expect(() => checkStepIds([step(2, [0, 9]), step(7, ids)], 10)).toThrow(
      `inputIds: sequence 1 of the pass has id ${bad} as its token 6; expected an integer from 0 to 9`,
    );
});
