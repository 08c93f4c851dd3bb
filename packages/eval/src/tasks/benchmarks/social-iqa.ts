import type { Reading } from "../../data/reading.ts";
import { indexOfNumber } from "../choice-label.ts";
import type { Question } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";

/** The question is the context and the question, as all protocols join them. */
export function readSocialIqa(row: Reading): Question {
  return {
    question: `${row.string("context")} ${row.string("question")}`,
    choices: [row.string("answerA"), row.string("answerB"), row.string("answerC")],
    gold: indexOfNumber(row, "label", 3, 1),
  };
}

export const socialIqaDataset: Dataset = {
  repo: "lighteval/siqa",
  mirrors: ["allenai/social_i_qa"],
  trainingSplit: "train",
  validationSplit: "validation",
};

/** Social IQa: why people act as they do, and what comes of it. */
export const socialIqa: MultipleChoiceTask<Question> = {
  name: "social_iqa",
  kind: "multiple_choice",
  dataset: socialIqaDataset,
  read: readSocialIqa,
  context: ({ question }) => `Q: ${question}\nA:`,
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
  metrics: ["acc"],
  version: 0,
};
