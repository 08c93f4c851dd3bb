import { describe, expect, it } from "vitest";
import { FormatsTable } from "./formats-table.ts";
import type { Report, Result } from "./report.ts";

const wide = "helium-lm, Node 24, wide";
const plain = "helium-lm, Node 24, plain";
const older = "helium-lm, Node 20, plain";

const result = (test: string, contender: string, best: number): Result => ({
  ...{ test, contender, unit: "tok/s", best, median: best, runs: [best] },
});

/** Native does 100 tokens a second in everything. */
function report(
  speeds: Readonly<Record<string, Readonly<Record<string, readonly [decode: number, prefill: number]>>>>,
) {
  const results = Object.entries(speeds).flatMap(([file, engines]) =>
    Object.entries({ ...engines, "llama.cpp native": [100, 100] as const }).flatMap(([engine, [decode, prefill]]) => [
      result(`${file} decode`, engine, decode),
      result(`${file} prefill`, engine, prefill),
    ]),
  );
  return { benchmark: "formats", results } as unknown as Report;
}

describe("the table of formats", () => {
  const table = new FormatsTable(
    report({
      "A Q8_0": { [wide]: [120, 95], [plain]: [96, 61], [older]: [10, 10] },
      "A Q4_0": { [wide]: [94, 130], [plain]: [95, 60], [older]: [90, 90] },
      "A F16": { [wide]: [96, 91], [plain]: [96, 30], [older]: [90, 90] },
    }),
  );

  it("begins with the file whose worst figure is farthest from its bar; other engines do not count", () => {
    expect(table.overview().rows.map(([file]) => file)).toEqual(["A F16", "A Q4_0", "A Q8_0"]);
  });

  it("shows each share, bold where it misses the bar", () => {
    expect(table.overview()).toEqual({
      header: ["file", "Node 24, wide", "Node 24, plain", "Node 20, plain"],
      rows: [
        ["A F16", "96 % / 91 %", "96 % / **30 %**", "90 % / 90 %"],
        ["A Q4_0", "**94 %** / 130 %", "95 % / 60 %", "90 % / 90 %"],
        ["A Q8_0", "120 % / 95 %", "96 % / 61 %", "10 % / 10 %"],
      ],
    });
    expect(table.details().rows[3]).toEqual(["A Q4_0", wide, "94.0", "**94 %**", "130", "130 %"]);
    expect(table.summary).toContain("10 of 12 figures");
  });

  it("keeps a file whose engine did not run", () => {
    const partial = new FormatsTable(report({ "B Q4_0": { [wide]: [95, 90] }, "C Q4_0": { [plain]: [95, 60] } }));
    expect(partial.overview().rows).toEqual([
      ["B Q4_0", "95 % / 90 %", "–"],
      ["C Q4_0", "–", "95 % / 60 %"],
    ]);
  });
});
