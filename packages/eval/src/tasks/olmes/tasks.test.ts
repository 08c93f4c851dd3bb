import { describe, expect, it } from "vitest";
import type { Row } from "../../data/reading.ts";
import { Reading } from "../../data/reading.ts";
import { DataError } from "../../errors.ts";
import { buildItems } from "../../prompt/build-items.ts";
import type { Item } from "../../prompt/item.ts";
import { task } from "../tasks.ts";
import { olmesShots } from "./shots.ts";

const readings = (rows: readonly Row[]): readonly Reading[] => rows.map((row, i) => new Reading(row, `row ${i + 1}`));

/** The requests of the first document as `context|continuation`, without examples unless there is a pool. */
function asked(name: string, rows: readonly Row[], pool: readonly Row[] = [], numFewShot = 0): readonly string[] {
  const [item] = buildItems({ task: task(name), documents: readings(rows), pool: readings(pool), numFewShot });
  return requestsOf(item as Item);
}

const requestsOf = (item: Item): readonly string[] =>
  item.kind === "multiple_choice" ? item.requests.map(({ context, continuation }) => `${context}|${continuation}`) : [];

const stars: Row = {
  id: "x",
  question: "What is a star?",
  choices: { text: ["A ball of gas", "A rock", "A lamp"], label: ["1", "2", "3"] },
  answerKey: "1",
};
const scene: Row = {
  ind: 4,
  activity_label: "Cooking",
  ctx_a: "A man cuts bread.",
  ctx_b: "he",
  ctx: "A man cuts bread. he",
  endings: ["eats [title] it.", "flies", "sings", "melts"],
  label: "0",
};
const gap: Row = {
  sentence: "The cup fell off the shelf since the _ was wet.",
  option1: "cup",
  option2: "shelf",
  answer: "2",
};

// Each written by hand after the layout of OLMES (Gu et al., 2024).
describe("the letter form", () => {
  it("sets a space before each letter, and the answer is one of as many letters as there are choices", () => {
    const context = "Question: What is a star?\n A. A ball of gas\n B. A rock\n C. A lamp\nAnswer:";
    expect(asked("olmes_arc_easy_mcf", [stars])).toEqual([`${context}| A`, `${context}| B`, `${context}| C`]);
  });

  it("asks for goals, continuations and gaps in words of their own", () => {
    const goal = { goal: "Dry hair", sol1: "use a towel", sol2: "use a fork", label: 0 };
    expect(asked("olmes_piqa_mcf", [goal])[0]).toBe("Goal: Dry hair\n A. use a towel\n B. use a fork\nAnswer:| A");
    expect(asked("olmes_hellaswag_mcf", [scene])[3]).toBe(
      "Cooking: A man cuts bread. he\nChoose the best continuation:\n A. eats [title] it.\n B. flies\n C. sings\n D. melts\nAnswer:| D",
    );
    expect(asked("olmes_winogrande_mcf", [gap])[1]).toBe(
      "Fill in the blank: The cup fell off the shelf since the _ was wet.\n A. cup\n B. shelf\nAnswer:| B",
    );
  });

  it("names the subject of MMLU above the examples", () => {
    const row = (question: string, answer: number): Row => ({
      question,
      subject: "high_school_us_history",
      choices: ["w", "x", "y", "z"],
      answer,
    });
    const [first] = asked("olmes_mmlu_high_school_us_history_mcf", [row("Q3", 3)], [row("Q1", 1), row("Q2", 2)], 2);
    const choices = "\n A. w\n B. x\n C. y\n D. z\nAnswer:";
    expect(first).toBe(
      "The following are multiple choice questions (with answers) about high school us history.\n\n" +
        `Question: Q1${choices} B\n\nQuestion: Q2${choices} C\n\nQuestion: Q3${choices}| A`,
    );
  });
});

describe("the cloze form", () => {
  it("has each choice complete the question, and again behind “Answer:” where it counts by mutual information", () => {
    const [item] = buildItems({ task: task("olmes_arc_challenge_cf"), documents: readings([stars]) });
    expect(requestsOf(item as Item)).toEqual([
      "Question: What is a star?\nAnswer:| A ball of gas",
      "Question: What is a star?\nAnswer:| A rock",
      "Question: What is a star?\nAnswer:| A lamp",
    ]);
    expect(item?.kind === "multiple_choice" && item.unconditionalRequests).toEqual([
      { context: "Answer:", continuation: " A ball of gas" },
      { context: "Answer:", continuation: " A rock" },
      { context: "Answer:", continuation: " A lamp" },
    ]);
  });

  it("goes on with scenes, and with either half of a sentence", () => {
    expect(asked("olmes_hellaswag_cf", [scene])[0]).toBe("Cooking: A man cuts bread. he| eats [title] it.");
    expect(asked("olmes_winogrande_cf", [gap])).toEqual([
      "The cup fell off the shelf since the cup| was wet.",
      "The cup fell off the shelf since the shelf| was wet.",
    ]);
  });

  it("shows filled gaps as sentences", () => {
    const train = { sentence: "Ann met Eve, and _'s dog barked.", option1: "Ann", option2: "Eve", answer: "1" };
    const pool = olmesShots.winogrande.rows.map(({ value }) => ({ ...train, sentence: `${value}, ${train.sentence}` }));
    expect(asked("olmes_winogrande_cf", [gap], pool, 1)[0]).toBe(
      "John moved the couch, Ann met Eve, and Ann's dog barked.\n\nThe cup fell off the shelf since the cup| was wet.",
    );
  });

  it("names no subject of MMLU", () => {
    const row: Row = { question: "Q", subject: "virology", choices: ["w", "x", "y", "z"], answer: 1 };
    expect(asked("olmes_mmlu_virology_cf", [row], [row, row], 1)[0]).toBe(
      "Question: Q\nAnswer: x\n\nQuestion: Q\nAnswer:| w",
    );
  });
});

describe("the examples of OLMES", () => {
  it.each(Object.entries(olmesShots))("are five of %s", (_, { rows }) =>
    expect(new Set(rows.map(({ value }) => value)).size).toBe(5),
  );

  it("are found in the training split by what names them, and shown in the order of the list", () => {
    const shots = olmesShots.social_iqa.rows.map(({ value }, i) => ({
      context: `${value} and so on.`,
      question: `Why ${i}?`,
      answerA: "a",
      answerB: "b",
      answerC: "c",
      label: "3",
    }));
    const document = { ...shots[0], context: "Sasha left." };
    const [first] = asked("olmes_social_iqa_cf", [document], [document, ...shots.toReversed()], 2);
    expect(first).toBe(
      "Question: Cameron decided to have a barbecue and so on. Why 0?\nAnswer: c\n\n" +
        "Question: Quinn wanted to help me clean and so on. Why 1?\nAnswer: c\n\n" +
        "Question: Sasha left. Why 0?\nAnswer:| a",
    );
  });

  it("are missed by name", () => {
    expect(() => asked("olmes_hellaswag_cf", [scene], [scene], 5)).toThrow(DataError);
    expect(() => asked("olmes_hellaswag_cf", [scene], [scene], 5)).toThrow('no row whose "ind" is "12"');
  });
});

describe("the subset of OLMES", () => {
  it("is a thousand of more than 1,500 documents, drawn as Python's random.sample does with seed 1234", () => {
    const many = (count: number): readonly Row[] =>
      Array.from({ length: count }, (_, i) => ({ goal: `g${i}`, sol1: "a", sol2: "b", label: 1 }));
    const ids = (name: string, count: number): readonly number[] =>
      buildItems({ task: task(name), documents: readings(many(count)) }).map(({ docId }) => docId);
    expect(ids("olmes_piqa_cf", 1500)).toHaveLength(1500);
    const drawn = ids("olmes_piqa_mcf", 5000);
    expect(drawn).toHaveLength(1000);
    // CPython: random.Random(1234).sample(range(5000), 1000)[:8]
    expect(drawn.slice(0, 8)).toEqual([3610, 957, 61, 742, 4769, 286, 687, 806]);
    expect(ids("piqa", 5000)).toHaveLength(5000);
  });
});

describe("the translated forms", () => {
  it("keep the layout of OLMES around the texts of the translation", () => {
    const row: Row = {
      id: "d",
      instruction: "Was ist  ein Stern?",
      option_a: "Gas",
      option_b: "Stein",
      option_c: "Licht",
      option_d: "",
      option_e: null,
      answer: "C",
    };
    expect(asked("arc_de_mcf", [row])[2]).toBe(
      "Question: Was ist ein Stern?\n A. Gas\n B. Stein\n C. Licht\nAnswer:| C",
    );
    expect(asked("arc_de_cf", [row])[1]).toBe("Question: Was ist ein Stern?\nAnswer:| Stein");
    expect(asked("hellaswag_fr_cf", [scene])[1]).toBe("Cooking: A man cuts bread. he| flies");
  });
});
