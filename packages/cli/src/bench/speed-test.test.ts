import { expect, it } from "vitest";
import { speedTests, testLength, testName } from "./speed-test.ts";

it("has a test for every length, depth and batch, by llama-bench's names", () => {
  const tests = speedTests({ prompts: [512, 0], generations: [128], depths: [0, 4096], batches: [1, 4] });
  expect(tests.map((test) => `${testName(test)} × ${test.batch}`)).toEqual([
    "pp512 × 1",
    "tg128 × 1",
    "pp512 @ d4096 × 1",
    "tg128 @ d4096 × 1",
    "pp512 × 4",
    "tg128 × 4",
    "pp512 @ d4096 × 4",
    "tg128 @ d4096 × 4",
  ]);
  expect(tests.slice(2, 4).map(testLength)).toEqual([4608, 4225]);
});

it("has none where lengths are 0", () => {
  expect(speedTests({ prompts: [0], generations: [0], depths: [0], batches: [1] })).toEqual([]);
});
