import type { Reading } from "../../data/reading.ts";
import { lstrip } from "../../python/text.ts";
import { indexOfLabel } from "../choice-label.ts";
import type { Question } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";

export function readOpenBookQa(row: Reading): Question {
  const choices = row.struct("choices");
  return {
    question: row.string("question_stem"),
    choices: choices.strings("text"),
    gold: indexOfLabel(row, "answerKey", choices.strings("label"), lstrip(row.string("answerKey"))),
  };
}

export const openBookQaDataset: Dataset = {
  repo: "allenai/openbookqa",
  config: "main",
  trainingSplit: "train",
  validationSplit: "validation",
  testSplit: "test",
};

/** OpenBookQA: the beginning of a sentence about elementary science, to be completed. */
export const openBookQa: MultipleChoiceTask<Question> = {
  name: "openbookqa",
  kind: "multiple_choice",
  dataset: openBookQaDataset,
  read: readOpenBookQa,
  context: ({ question }) => question,
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
  metrics: ["acc", "acc_norm", "acc_bytes"],
  version: 1,
};
