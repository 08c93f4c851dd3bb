import type { Reading } from "../../data/reading.ts";
import { indexOfNumber } from "../choice-label.ts";
import type { Question } from "../question.ts";
import { questionAndAnswer } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";

export function readPiqa(row: Reading): Question {
  return {
    question: row.string("goal"),
    choices: [row.string("sol1"), row.string("sol2")],
    gold: indexOfNumber(row, "label", 2, 0),
  };
}

export const piqaDataset: Dataset = {
  repo: "baber/piqa",
  mirrors: ["ybisk/piqa", "nthngdy/piqa"],
  trainingSplit: "train",
  validationSplit: "validation",
};

/** PIQA: which of two ways leads to a goal in the physical world. */
export const piqa: MultipleChoiceTask<Question> = {
  name: "piqa",
  kind: "multiple_choice",
  dataset: piqaDataset,
  read: readPiqa,
  context: ({ question }) => questionAndAnswer(question),
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
  metrics: ["acc", "acc_norm", "acc_bytes"],
  version: 1,
};
