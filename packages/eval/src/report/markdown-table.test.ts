import { expect, test } from "vitest";
import { sampleResults } from "../../test/helpers/sample-results.ts";
import { markdownTable } from "./markdown-table.ts";

const english = { ...sampleResults, card: sampleResults.card.filter(({ language }) => language === "en") };

test("the card's table, all candidates, every figure", () => {
  const text = markdownTable(english);
  const lines = text.split("\n");
  const cells = (line = ""): string[] =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
  expect(cells(lines[0])).toEqual([
    "Benchmark",
    "Language",
    "Measured",
    "±",
    "Card",
    "Difference",
    "n",
    "SmolLM2 1.7B",
    "Gemma-2 2.6B",
    "Llama-3.2 3B",
    "Qwen2.5 1.5B",
  ]);
  expect(cells(lines.find((line) => line.includes("ARC-C")))).toEqual([
    "ARC-C",
    "English",
    "61.7",
    "1.4",
    "62.7",
    "−1.0 ≈",
    "1,172",
    "64.7",
    "66.0",
    "69.0",
    "77.2",
  ]);
  // (50.6 + 61.7 + 81.2 + 58.4 + 17.1) / 5, (51.2 + 62.7 + 80.9 + 63.8 + 17.3) / 5
  expect(cells(lines.find((line) => line.includes("Mean of 5")))).toEqual([
    "Mean of 5",
    "",
    "53.8",
    "0.7",
    "55.2",
    "−1.4",
    "",
    "",
    "",
    "",
    "",
  ]);
  expect(lines.filter((line) => /\| (?:letters|texts) /.test(line))).toHaveLength(9);
  expect(cells(lines.find((line) => line.startsWith("| wikitext")))).toEqual([
    "wikitext",
    "word_perplexity",
    "none",
    "11.482",
    "",
    "62",
    "0",
    String.raw`wikitext\|test\|0-shot\|random:1234\|letters`,
  ]);
  // One width for all lines of a table.
  for (const table of text.split("\n\n"))
    expect(
      new Set(
        table
          .trimEnd()
          .split("\n")
          .map((line) => [...line].length),
      ).size,
    ).toBe(1);
});

test("texts end no cell and begin no markup", () => {
  const [task] = sampleResults.tasks;
  const hostile = { ...task!, name: "a|b\n<b>*x*`", metrics: task!.metrics.slice(0, 1) };
  const text = markdownTable({ ...sampleResults, tasks: [hostile], groups: [], card: [] });
  expect(text).toContain("| a\\|b \\<b\\>\\*x\\*\\` |");
  expect(text.trimEnd().split("\n")).toHaveLength(3);
});
