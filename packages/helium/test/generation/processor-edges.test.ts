import { expect, test } from "vitest";
import { processors } from "@helium-lm/helium";

const [removed, eos] = [-Infinity, 3];

/** Scores of one row behind a processor. */
async function scored(
  processor: processors.LogitsProcessor,
  ids: readonly number[],
  scores: readonly number[],
): Promise<number[]> {
  const row = { scores: Float32Array.from(scores), ids: [...ids] };
  await processor.process([row]);
  return [...row.scores];
}

test("a removed eos stays removed, however long the text is", async () => {
  const processor = processors.exponentialDecayLengthPenalty([1, 2], 1, new Set([eos]));
  expect(await scored(processor, [5, 5, 5, 5], [1, 1, 1, removed])).toEqual([1, 1, 1, removed]);
  // Two tokens beyond the first: 2 + |2| · (2² − 1).
  expect(await scored(processor, [5, 5, 5, 5], [1, 1, 1, 2])).toEqual([1, 1, 1, 8]);
});

test("a row that is all of a sequence but its last token gets the bias", async () => {
  const processor = processors.sequenceBias([[[7, 8, 2], 4]]);
  expect(await scored(processor, [7, 8], [0, 0, 1, 0])).toEqual([0, 0, 5, 0]);
  expect(await scored(processor, [8], [0, 0, 1, 0])).toEqual([0, 0, 1, 0]);
});

test("allowed tokens keep their scores; where all of them were removed, each is as likely as the other", async () => {
  const processor = processors.prefixAllowedTokens(() => [0, 2]);
  expect(await scored(processor, [1], [0.5, 9, removed, 9])).toEqual([0.5, removed, removed, removed]);
  expect(await scored(processor, [1], [removed, 9, removed, 9])).toEqual([0, removed, 0, removed]);
});
