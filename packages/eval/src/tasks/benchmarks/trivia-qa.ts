import type { Reading } from "../../data/reading.ts";
import { normalizeSquad } from "../../metrics/answer-normalizers.ts";
import type { GenerationTask } from "../task.ts";

/** A question with all answers that count as right. */
export interface OpenQuestion {
  readonly question: string;
  readonly answers: readonly string[];
}

const readTriviaQa = (row: Reading): OpenQuestion => ({
  question: row.string("question"),
  answers: row.struct("answer").strings("aliases"),
});

/** Short answers: the first line, up to a full stop or a comma. */
export const shortAnswerStops: readonly string[] = ["\n", ".", ","];

/** TriviaQA, closed book: 17,944 questions of trivia sites. A "?" is set behind the question, even where it has one. */
export const triviaQa: GenerationTask<OpenQuestion> = {
  name: "triviaqa",
  kind: "generate_until",
  dataset: {
    repo: "mandarjoshi/trivia_qa",
    config: "rc.nocontext",
    trainingSplit: "train",
    validationSplit: "validation",
  },
  read: readTriviaQa,
  context: ({ question }) => `Question: ${question}?\nAnswer:`,
  target: ({ answers }) => answers[0] ?? "",
  references: ({ answers }) => answers,
  sampleTarget: ({ answers }) => answers,
  until: shortAnswerStops,
  stripsAnswer: true,
  metrics: ["exact_match"],
  normalization: { ignoreCase: true, ignorePunctuation: true },
  version: 3,
};

/**
 * All 11,313 questions of TriviaQA's validation split, with those that no document answers: about ten points harder. Answers are
 * compared as in SQuAD, in exact match and F1.
 */
export const triviaQaUnfiltered: GenerationTask<OpenQuestion> = {
  ...triviaQa,
  name: "triviaqa_unfiltered",
  dataset: { ...triviaQa.dataset, config: "unfiltered.nocontext" },
  metrics: ["exact_match", "f1"],
  normalization: { normalize: normalizeSquad },
  version: 1,
};
