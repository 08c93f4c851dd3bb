import type { Reading } from "../../data/reading.ts";
import { strip } from "../../python/text.ts";
import { indexOfLabel, letters } from "../choice-label.ts";
import type { Question } from "../question.ts";
import { lettered } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";

export function readCommonsenseQa(row: Reading): Question {
  const choices = row.struct("choices");
  return {
    question: row.string("question"),
    choices: choices.strings("text"),
    gold: indexOfLabel(row, "answerKey", choices.strings("label"), row.string("answerKey")),
  };
}

export const commonsenseQaDataset: Dataset = {
  repo: "tau/commonsense_qa",
  trainingSplit: "train",
  validationSplit: "validation",
};

/** CommonsenseQA: five choices each, answered by letter. */
export const commonsenseQa: MultipleChoiceTask<Question> = {
  name: "commonsense_qa",
  kind: "multiple_choice",
  dataset: commonsenseQaDataset,
  read: readCommonsenseQa,
  context: ({ question, choices }) =>
    `Question: ${strip(question)}${lettered(choices, letters(choices.length))}\nAnswer:`,
  choices: ({ choices }) => letters(choices.length),
  gold: ({ gold }) => gold,
  sampleTarget: ({ gold, choices }) => letters(choices.length)[gold] ?? "",
  metrics: ["acc"],
  version: 1,
};
