import { expect, it } from "vitest";
import { labelSpans } from "./label-spans.ts";

const spans = (text: string, labels: string[], offsets: [number, number][], special: number[] = []): string[] =>
  labelSpans(
    text,
    labels,
    offsets,
    labels.map((_, t) => special.includes(t)),
  ).map(({ label, start, end, text }) => `${label} ${start}-${end} ${text}`);

it("joins neighbours of one label and leaves special tokens out", () => {
  const offsets: [number, number][] = [
    [0, 0],
    [0, 2],
    [2, 5],
    [5, 8],
  ];
  expect(spans("ab cd ef", ["x", "x", "x", "y"], offsets, [0])).toEqual(["x 0-5 ab cd", "y 5-8 ef"]);
});

it("leaves special tokens out that stand in the text", () => {
  const offsets: [number, number][] = [
    [0, 1],
    [1, 4],
    [4, 5],
  ];
  expect(spans("a<s>b", ["x", "y", "z"], offsets, [1])).toEqual(["x 0-1 a", "z 4-5 b"]);
});

it("counts code points", () => {
  expect(
    spans(
      "😀 b",
      ["x", "y"],
      [
        [0, 1],
        [1, 3],
      ],
    ),
  ).toEqual(["x 0-1 😀", "y 1-3 b"]);
});

it("reads IOB labels", () => {
  const offsets: [number, number][] = [0, 1, 2, 3, 4, 5].map((t) => [t, t + 1]);
  expect(spans("abcdef", ["B-PER", "I-PER", "B-PER", "O", "I-LOC", "I-LOC"], offsets)).toEqual([
    "PER 0-2 ab",
    "PER 2-3 c",
    "O 3-4 d",
    "LOC 4-6 ef",
  ]);
});
