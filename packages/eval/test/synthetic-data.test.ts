import { describe, expect, it } from "vitest";
import { openDataset, type Dataset, type Row } from "@helium-lm/eval";
import { folderData } from "@helium-lm/eval/node";

const data = await folderData(new URL("../fixtures/data", import.meta.url).pathname);

async function rowsOf(dataset: Dataset, split: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { row } of (await openDataset(dataset, split, data)).rows()) rows.push(row);
  return rows;
}

const languages = ["de", "es", "fr", "it", "pt"];
const options = (letters: string): string[] => [...letters].map((letter) => `option_${letter}`);
const hellaswag = [
  "ind",
  "activity_label",
  "ctx_a",
  "ctx_b",
  "ctx",
  "endings",
  "source_id",
  "split",
  "split_type",
  "label",
];
const translated = (repo: string, splits: Record<string, number>, columns: readonly string[]): Case[] =>
  languages.map((config): Case => [{ repo, config }, splits, columns]);
const mmmlu = ["DE_DE", "ES_LA", "FR_FR", "IT_IT", "PT_BR"];

/** A dataset, how many rows its splits have, and its columns. */
type Case = [Dataset, Record<string, number>, readonly string[]];

const cases: Case[] = [
  [
    { repo: "allenai/ai2_arc", config: "ARC-Easy" },
    { train: 8, validation: 4, test: 20 },
    ["id", "question", "choices", "answerKey"],
  ],
  [
    { repo: "allenai/ai2_arc", config: "ARC-Challenge" },
    { train: 6, validation: 3, test: 20 },
    ["id", "question", "choices", "answerKey"],
  ],
  [
    { repo: "allenai/openbookqa", config: "main" },
    { train: 6, validation: 3, test: 20 },
    ["id", "question_stem", "choices", "answerKey"],
  ],
  [
    { repo: "tau/commonsense_qa" },
    { train: 7, validation: 20 },
    ["id", "question", "question_concept", "choices", "answerKey"],
  ],
  [{ repo: "baber/piqa" }, { train: 13, validation: 20 }, ["goal", "sol1", "sol2", "label"]],
  [
    { repo: "lighteval/siqa" },
    { train: 12, validation: 20 },
    ["context", "question", "answerA", "answerB", "answerC", "label"],
  ],
  [{ repo: "Rowan/hellaswag" }, { train: 6, validation: 20 }, hellaswag],
  [
    { repo: "allenai/winogrande", config: "winogrande_xl" },
    { train: 7, validation: 20, test: 2 },
    ["sentence", "option1", "option2", "answer"],
  ],
  [
    { repo: "allenai/winogrande", config: "winogrande_debiased" },
    { train: 10, validation: 20 },
    ["sentence", "option1", "option2", "answer"],
  ],
  [
    { repo: "mandarjoshi/trivia_qa", config: "rc.nocontext" },
    { train: 8, validation: 20 },
    ["question", "question_id", "question_source", "entity_pages", "answer"],
  ],
  [
    { repo: "mandarjoshi/trivia_qa", config: "unfiltered.nocontext" },
    { train: 6, validation: 18 },
    ["question", "question_id", "question_source", "entity_pages", "answer"],
  ],
  [
    { repo: "google-research-datasets/nq_open", config: "nq_open" },
    { train: 7, validation: 20 },
    ["question", "answer"],
  ],
  [{ repo: "apple/mkqa", config: "mkqa" }, { train: 18 }, ["query", "answers", "queries", "example_id"]],
  ...translated("alexandrainst/m_arc", { train: 6, val: 2, test: 12 }, [
    "id",
    "instruction",
    ...options("abcde"),
    "answer",
  ]),
  ...translated("alexandrainst/m_mmlu", { train: 5, val: 2, test: 12 }, [
    "id",
    "instruction",
    ...options("abcd"),
    "answer",
  ]),
  ...translated("alexandrainst/m_hellaswag", { val: 12 }, hellaswag),
  ...mmmlu.map((config): Case => [
    { repo: "openai/MMMLU", config },
    { test: 12 },
    ["", "Question", "A", "B", "C", "D", "Answer", "Subject"],
  ]),
];

describe("the synthetic data", () => {
  it.each(cases)("%j has %j rows with the columns of the real one", async (dataset, splits, columns) => {
    for (const [split, count] of Object.entries(splits)) {
      const rows = await rowsOf(dataset, split);
      expect(rows, split).toHaveLength(count);
      for (const row of rows) expect(Object.keys(row)).toEqual(columns);
    }
  });

  it("has five examples and two questions or more for each of MMLU's 57 subjects", async () => {
    const subjects = new Set((await data.list("cais/mmlu")).map((path) => path.split("/")[2] ?? ""));
    expect(subjects.size).toBe(57);
    for (const config of subjects) {
      const mmlu = { repo: "cais/mmlu", config };
      expect(await rowsOf(mmlu, "dev")).toHaveLength(5);
      const test = await rowsOf(mmlu, "test");
      expect(test.length).toBeGreaterThanOrEqual(2);
      for (const { choices, answer, subject } of test) {
        expect(choices).toHaveLength(4);
        expect([0, 1, 2, 3]).toContain(answer);
        expect(subject).toBe(config);
      }
    }
  });

  it("has the traps that the real data have", async () => {
    const arc = await rowsOf({ repo: "allenai/ai2_arc", config: "ARC-Easy" }, "test");
    const labels = arc.map(({ choices }) => (choices as { label: string[] }).label.join(""));
    expect(new Set(labels)).toEqual(new Set(["ABCD", "ABC", "ABCDE", "1234"]));
    const stories = await rowsOf({ repo: "Rowan/hellaswag" }, "validation");
    expect(stories.some(({ ctx_a: text }) => (text as string).includes(" [title] "))).toBe(true);
    expect(stories.some(({ endings }) => (endings as string[]).some((ending) => ending.includes("   ")))).toBe(true);
    const keys = (await rowsOf({ repo: "allenai/openbookqa", config: "main" }, "test")).map((row) => row["answerKey"]);
    expect(keys.some((key) => (key as string).startsWith(" "))).toBe(true);
    const arcDe = await rowsOf({ repo: "alexandrainst/m_arc", config: "de" }, "test");
    expect(new Set(arcDe.map((row) => (typeof row["option_e"] === "string" ? row["option_e"] : null)))).toEqual(
      new Set([null, "", "6"]),
    );
  });
});
