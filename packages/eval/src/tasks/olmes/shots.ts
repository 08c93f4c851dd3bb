import type { NamedExamples } from "../task.ts";

const byId = (column: string, ...values: readonly string[]): NamedExamples => ({
  column,
  match: "whole",
  rows: values.map((value) => ({ value })),
});

/** The five examples that OLMES shows in each benchmark, by what names them in the training split. */
export const olmesShots = {
  arc_easy: byId(
    "id",
    "MCAS_2007_8_5189",
    "Mercury_SC_401169",
    "MCAS_2004_8_27",
    "NYSEDREGENTS_2006_8_10",
    "Mercury_7013388",
  ),
  arc_challenge: byId(
    "id",
    "Mercury_SC_415702",
    "MCAS_2009_5_6516",
    "Mercury_7233695",
    "Mercury_7041615",
    "MCAS_1998_4_3",
  ),
  openbookqa: byId("id", "7-584", "7-870", "9-732", "9-782", "8-72"),
  commonsense_qa: byId(
    "id",
    "61fe6e879ff18686d7552425a36344c8",
    "02e821a3e53cb320790950aab4489e85",
    "23505889b94e880c3e89cff4ba119860",
    "a76403b4921a9281b6ee2a7241a5ec9f",
    "6dc921840aa1e5dda3333b79007f630b",
  ),
  hellaswag: {
    column: "ind",
    match: "whole",
    rows: ["12", "39", "9", "47", "38"].map((value) => ({ value, beside: { source_id: "activitynet" } })),
  },
  // Goals, contexts and sentences may occur more than once, with other answers.
  piqa: {
    column: "goal",
    match: "whole",
    rows: [
      { value: "how do you stab something?", beside: { sol1: "stick" } },
      { value: "how do you shake something?", beside: { sol1: "move" } },
      { value: "Clean tires", beside: { sol1: "Pour" } },
      { value: "how do you taste something?", beside: { sol1: "smell" } },
      { value: "To create a makeshift ice pack,", beside: { sol1: "take a sponge and soak it in oil" } },
    ],
  },
  social_iqa: {
    column: "context",
    match: "start",
    rows: [
      { value: "Cameron decided to have a barbecue", beside: { question: "How would Others feel", answerA: "like" } },
      { value: "Quinn wanted to help me clean", beside: { question: "What will Quinn want", answerA: "Eat" } },
      { value: "Jan needed to give out jobs", beside: { question: "What will Others want", answerA: "disagree" } },
      { value: "Their cat kept trying to escape", beside: { question: "How would Jan feel", answerA: "scared" } },
      { value: "Remy was an expert fisherman", beside: { question: "What will Remy want", answerA: "cast" } },
    ],
  },
  winogrande: {
    column: "sentence",
    match: "start",
    rows: [
      { value: "John moved the couch", beside: { answer: "1" } },
      { value: "Dennis drew up a business proposal", beside: { answer: "1" } },
      { value: "Felicia unexpectedly made fried eggs", beside: { answer: "2" } },
      { value: "The circuit failed to power", beside: { answer: "1" } },
      { value: "Neil told Craig", beside: { answer: "2" } },
    ],
  },
} as const satisfies Readonly<Record<string, NamedExamples>>;
