import type { Reading } from "../../data/reading.ts";
import { normalizeSquad } from "../../metrics/answer-normalizers.ts";
import { pythonRegExp } from "../../python/regular-expression.ts";
import type { GenerationTask } from "../task.ts";
import type { OpenQuestion } from "./trivia-qa.ts";
import { shortAnswerStops } from "./trivia-qa.ts";

const readNqOpen = (row: Reading): OpenQuestion => ({
  question: row.string("question"),
  answers: row.strings("answer"),
});

/** Natural Questions, open: what people asked a search engine, answered without a text. */
export const nqOpen: GenerationTask<OpenQuestion> = {
  name: "nq_open",
  kind: "generate_until",
  dataset: { repo: "google-research-datasets/nq_open", trainingSplit: "train", validationSplit: "validation" },
  read: readNqOpen,
  description: () => "Answer these questions:\n\n",
  context: ({ question }) => `Q: ${question}?\nA:`,
  target: ({ answers }) => answers[0] ?? "",
  references: ({ answers }) => answers,
  sampleTarget: ({ answers }) => answers,
  fewShotDelimiter: "\n",
  until: shortAnswerStops,
  stripsAnswer: true,
  metrics: ["exact_match"],
  normalization: {
    ignoreCase: true,
    ignorePunctuation: true,
    ignore: [pythonRegExp(String.raw`\b(?:The |the |An |A |The |a |an )`)],
  },
  version: 4,
};

/** The same prompts, with answers compared as in SQuAD. */
export const nqOpenSquad: GenerationTask<OpenQuestion> = {
  ...nqOpen,
  name: "nq_open_squad",
  metrics: ["exact_match", "f1"],
  normalization: { normalize: normalizeSquad },
  version: 1,
};
