import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Row } from "../data/reading.ts";
import { Reading } from "../data/reading.ts";
import { DataError, EvalError } from "../errors.ts";
import { task } from "../tasks/tasks.ts";
import { buildItems } from "./build-items.ts";
import type { Item } from "./item.ts";

const readings = (rows: readonly Row[]): readonly Reading[] =>
  rows.map((row, i) => new Reading(row, `train.jsonl, row ${i + 1}`));

const goals = (count: number): readonly Reading[] =>
  readings(
    Array.from({ length: count }, (_, i) => ({ goal: `goal ${i}`, sol1: `a${i}`, sol2: `b${i}`, label: i % 2 })),
  );

const contextOf = (item: Item | undefined): string => {
  const [request] = item?.requests ?? [];
  return request !== undefined && "context" in request ? request.context : "";
};

describe("buildItems", () => {
  it("makes a request for each choice, and says where the document is from", () => {
    const [item] = buildItems({ task: task("piqa"), documents: goals(3) });
    expect(item).toEqual({
      kind: "multiple_choice",
      docId: 0,
      doc: { goal: "goal 0", sol1: "a0", sol2: "b0", label: 0 },
      place: "train.jsonl, row 1",
      target: "0",
      choices: ["a0", "b0"],
      gold: 0,
      requests: [
        { context: "Question: goal 0\nAnswer:", continuation: " a0" },
        { context: "Question: goal 0\nAnswer:", continuation: " b0" },
      ],
      unconditionalRequests: [],
    });
  });

  it("gives the first documents the same examples with a limit as without", () => {
    const [documents, pool] = [goals(20), goals(30)];
    const all = buildItems({ task: task("piqa"), documents, pool, numFewShot: 3 });
    const few = buildItems({ task: task("piqa"), documents, pool, numFewShot: 3, limit: 4 });
    expect(few).toEqual(all.slice(0, 4));
  });

  it("draws other examples from another seed, and the same from the same", () => {
    const build = (fewShotSeed: number): readonly Item[] =>
      buildItems({ task: task("piqa"), documents: goals(5), pool: goals(40), numFewShot: 5, fewShotSeed });
    expect(build(7)).toEqual(build(7));
    expect(build(7)).not.toEqual(build(8));
  });

  it("begins every prompt with the description and ends it with the document, for any number of examples", () => {
    const question = (i: number): Row => ({ question: `q${i}`, answer: [`answer ${i}`, "other"] });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 8, max: 20 }), (numFewShot, count) => {
        const documents = readings(Array.from({ length: count }, (_, i) => question(i)));
        const items = buildItems({ task: task("nq_open"), documents, pool: documents, numFewShot });
        for (const [i, item] of items.entries()) {
          const context = contextOf(item);
          expect(context.startsWith("Answer these questions:\n\n")).toBe(true);
          expect(context.endsWith(`Q: q${i}?\nA:`)).toBe(true);
          expect(context.match(/\?\nA: answer \d+\n/g) ?? []).toHaveLength(numFewShot);
          expect(context).not.toContain(`A: answer ${i}\n`);
        }
      }),
      { numRuns: 30, seed: 14 },
    );
  });

  it("scores texts whole", () => {
    const documents = readings([{ text: "one two" }]);
    expect(buildItems({ task: task("text"), documents })[0]).toMatchObject({
      requests: [{ text: "one two" }],
      original: "one two",
    });
    expect(() => buildItems({ task: task("text"), documents, pool: documents, numFewShot: 1 })).toThrow(EvalError);
  });

  it("names the file, the row and the mend of a document that it cannot read", () => {
    const bad = (row: Row): (() => unknown) => {
      const documents = readings([{ goal: "g", sol1: "a", sol2: "b", label: 1 }, row]);
      return () => buildItems({ task: task("piqa"), documents });
    };
    expect(bad({ goal: "g", sol1: "a", label: 1 })).toThrow(DataError);
    expect(bad({ goal: "g", sol1: "a", label: 1 })).toThrow('train.jsonl, row 2: has no column "sol2"');
    expect(bad({ goal: "g", sol1: "a", sol2: "b", label: -1 })).toThrow(
      'train.jsonl, row 2: column "label" must be a number from 0 to 1, given -1',
    );
    const sentence = { sentence: "no gap", option1: "a", option2: "b", answer: "1" };
    expect(() => buildItems({ task: task("winogrande"), documents: readings([sentence]) })).toThrow(
      'train.jsonl, row 1: column "sentence" must have a gap "_", given "no gap"',
    );
    const star = { id: "x", question: "q", choices: { text: ["a", "b"], label: ["A", "B"] }, answerKey: "E" };
    expect(() => buildItems({ task: task("arc_easy"), documents: readings([star]) })).toThrow(
      'train.jsonl, row 1: column "answerKey" must name one of the choices "A", "B", given "E"',
    );
  });

  it("reads no row that it neither scores nor shows", () => {
    const [bad] = readings([{ goal: "no solutions" }]);
    const documents = [...goals(3), bad!];
    expect(buildItems({ task: task("piqa"), documents, limit: 3 })).toHaveLength(3);
    expect(() => buildItems({ task: task("piqa"), documents })).toThrow(DataError);
    const nq = (question: string): Row => ({ question, answer: ["a"] });
    const pool = [...readings([nq("q0"), nq("q1"), nq("q2"), nq("q3")]), bad!];
    expect(() => buildItems({ task: task("nq_open"), documents: pool.slice(0, 1), pool, numFewShot: 4 })).toThrow(
      'has no column "question"',
    );
  });

  it("refuses a limit that is none, no documents, and no pool", () => {
    expect(() => buildItems({ task: task("piqa"), documents: goals(3), limit: 0 })).toThrow("limit: must be a whole");
    expect(() => buildItems({ task: task("piqa"), documents: [] })).toThrow(
      "piqa: has no documents to score among 0 rows; give the validation split of baber/piqa",
    );
    expect(() => buildItems({ task: task("piqa"), documents: goals(3), numFewShot: 2 })).toThrow(
      "piqa: needs 3 documents to take examples from, and the split has 0",
    );
  });
});
