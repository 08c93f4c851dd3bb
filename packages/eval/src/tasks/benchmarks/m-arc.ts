import type { Reading } from "../../data/reading.ts";
import { indexOfLabel, letters } from "../choice-label.ts";
import type { TranslatedLanguage } from "../languages.ts";
import type { Question } from "../question.ts";
import { questionAndAnswer } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";
import { withoutWikihowMarks } from "./wikihow-text.ts";

/** What the harness adds to a row: its id stays as it is. */
export interface TranslatedArc extends Question {
  readonly id: string;
}

const options = ["option_a", "option_b", "option_c", "option_d", "option_e"] as const;

/** Options that are empty, or missing, are no choices. */
export function readTranslatedArc(row: Reading): TranslatedArc {
  const choices = options.filter((column) => row.has(column)).map((column) => row.string(column));
  const given = choices.filter((choice) => choice !== "");
  return {
    id: row.string("id"),
    question: withoutWikihowMarks(row.string("instruction")),
    choices: given.map(withoutWikihowMarks),
    gold: indexOfLabel(row, "answer", letters(given.length), row.string("answer")),
  };
}

export const translatedArcDataset = (language: TranslatedLanguage): Dataset => ({
  language,
  repo: "alexandrainst/m_arc",
  config: language,
  trainingSplit: "train",
  validationSplit: "val",
  testSplit: "test",
});

/** ARC-Challenge in another language (Okapi's translation). */
export const translatedArc = (language: TranslatedLanguage): MultipleChoiceTask<TranslatedArc> => ({
  name: `arc_${language}`,
  kind: "multiple_choice",
  dataset: translatedArcDataset(language),
  read: readTranslatedArc,
  addedColumns: ({ id, question, choices, gold }) => ({ id, query: questionAndAnswer(question), choices, gold }),
  context: ({ question }) => questionAndAnswer(question),
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
  metrics: ["acc", "acc_norm", "acc_bytes"],
  version: 2,
});
