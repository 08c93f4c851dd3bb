import { describe, expect, it } from "vitest";
import type { Row } from "../../data/reading.ts";
import { Reading } from "../../data/reading.ts";
import { DataError } from "../../errors.ts";
import { exactMatch } from "../../metrics/exact-match.ts";
import { buildItems } from "../../prompt/build-items.ts";
import type { GenerationItem } from "../../prompt/item.ts";
import type { GenerationTask } from "../task.ts";
import { task } from "../tasks.ts";

const question = (id: number, german: string, answers: readonly Row[]): Reading =>
  new Reading(
    { example_id: id, query: "in English", queries: { de: german }, answers: { de: answers } },
    `mkqa.jsonl, row ${id}`,
  );

const rows: readonly Reading[] = [
  question(1, "wer schrieb faust", [
    { type: 0, entity: "Q1", text: "Johann Wolfgang von Goethe", aliases: ["Goethe", "J. W. Goethe"] },
    { type: 0, entity: "Q2", text: "Goethe", aliases: [] },
  ]),
  question(2, "warum ist der himmel blau", [{ type: 1, entity: null, text: null, aliases: [] }]),
  question(3, "was soll das", [{ type: "unanswerable", entity: null, text: null, aliases: null }]),
  question(4, "wann fiel die mauer", [
    { type: "date", entity: null, text: "1989-11-09", aliases: ["9. November 1989"] },
  ]),
  question(5, "wie viele Planeten gibt es", [{ type: 4, entity: null, text: "8", aliases: ["acht"] }]),
];

const items = (numFewShot = 0): readonly GenerationItem[] =>
  buildItems({ task: task("mkqa_de"), documents: rows, pool: rows, numFewShot }) as readonly GenerationItem[];

describe("MKQA", () => {
  it("leaves out questions without an answer or with a long one, and counts without them", () => {
    expect(items().map(({ docId, place }) => `${docId}: ${place}`)).toEqual([
      "0: mkqa.jsonl, row 1",
      "1: mkqa.jsonl, row 4",
      "2: mkqa.jsonl, row 5",
    ]);
  });

  it("asks in the words of the language, and stops at the end of the line", () => {
    expect(items()[0]?.requests).toEqual([
      { context: "Frage: wer schrieb faust\nAntwort:", until: ["\n"], maxNewTokens: 256 },
    ]);
  });

  it("takes all texts and aliases of all answers, none twice", () => {
    expect(items()[0]?.references).toEqual(["Johann Wolfgang von Goethe", "Goethe", "J. W. Goethe"]);
  });

  it("shows other questions with their first answer", () => {
    // Two of the three that stay are drawn, and one more in case one of them is the question itself.
    for (const item of items(2)) {
      const context = item.requests[0].context;
      expect(context.match(/Frage: /g)).toHaveLength(3);
      expect(context.match(/Antwort: (Johann Wolfgang von Goethe|1989-11-09|8)\n\n/g)).toHaveLength(2);
    }
  });

  it("compares answers without the articles of the language", () => {
    const { normalization } = task("mkqa_de") as GenerationTask;
    expect(exactMatch("Der GOETHE.", items()[0]?.references ?? [], normalization)).toBe(1);
    expect(exactMatch("Schiller", items()[0]?.references ?? [], normalization)).toBe(0);
  });

  it("says which language the data lack", () => {
    expect(() => buildItems({ task: task("mkqa_pt"), documents: rows })).toThrow(DataError);
    expect(() => buildItems({ task: task("mkqa_pt"), documents: rows })).toThrow(/^mkqa.jsonl, row 1, column .* "pt"/);
  });
});
