import type { Reading } from "../../data/reading.ts";
import { capitalize } from "../../python/text.ts";
import { indexOfNumber } from "../choice-label.ts";
import type { Question } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";
import { withoutWikihowMarks } from "./wikihow-text.ts";

function readHellaSwag(row: Reading): Question {
  const context = `${row.string("ctx_a")} ${capitalize(row.string("ctx_b"))}`;
  const endings = row.strings("endings");
  return {
    question: withoutWikihowMarks(`${row.string("activity_label")}: ${context}`),
    choices: endings.map(withoutWikihowMarks),
    gold: indexOfNumber(row, "label", endings.length, 0),
  };
}

export const hellaSwagDataset: Dataset = {
  repo: "Rowan/hellaswag",
  trainingSplit: "train",
  validationSplit: "validation",
};

/** HellaSwag with the prompts of the harness, of any data with its columns. */
export const hellaSwagTask = (name: string, dataset: Dataset, version: number): MultipleChoiceTask<Question> => ({
  name,
  kind: "multiple_choice",
  dataset,
  read: readHellaSwag,
  addedColumns: ({ question, choices, gold }) => ({ query: question, choices, gold }),
  context: ({ question }) => question,
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
  metrics: ["acc", "acc_norm", "acc_bytes"],
  version,
});

/** HellaSwag: how a scene goes on. */
export const hellaSwag = hellaSwagTask("hellaswag", hellaSwagDataset, 1);
