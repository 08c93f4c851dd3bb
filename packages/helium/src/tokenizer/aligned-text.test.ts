import { expect, it } from "vitest";
import { AlignedText } from "./aligned-text.ts";

it("both halves of a surrogate pair come from the whole character", () => {
  const text = AlignedText.of("a😀b");
  const ranges = (aligned: AlignedText): number[][] =>
    [...aligned.text.split("").keys()].map((index) => [aligned.start(index), aligned.end(index)]);
  expect(ranges(text)).toEqual([
    [0, 1],
    [1, 3],
    [1, 3],
    [3, 4],
  ]);
  expect(ranges(text.slice(1, 4))).toEqual([
    [1, 3],
    [1, 3],
    [3, 4],
  ]);
});
