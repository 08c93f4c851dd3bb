import type { Reading } from "../../data/reading.ts";
import { indexOfLabel, letters } from "../choice-label.ts";
import type { TranslatedLanguage } from "../languages.ts";
import type { Question } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";
import { letteredQuestion } from "./mmlu.ts";

const options = ["option_a", "option_b", "option_c", "option_d"] as const;

export const readTranslatedMmlu = (row: Reading): Question => ({
  question: row.string("instruction"),
  choices: options.map((column) => row.string(column)),
  gold: indexOfLabel(row, "answer", letters(options.length), row.string("answer")),
});

export const translatedMmluDataset = (language: TranslatedLanguage): Dataset => ({
  language,
  repo: "alexandrainst/m_mmlu",
  config: language,
  testSplit: "test",
  fewShotSplit: "train",
});

/** MMLU in another language (Okapi's translation), all subjects in one. */
export const translatedMmlu = (language: TranslatedLanguage): MultipleChoiceTask<Question> => ({
  name: `m_mmlu_${language}`,
  kind: "multiple_choice",
  dataset: translatedMmluDataset(language),
  read: readTranslatedMmlu,
  context: letteredQuestion,
  choices: ({ choices }) => letters(choices.length),
  gold: ({ gold }) => gold,
  sampleTarget: ({ gold, choices }) => letters(choices.length)[gold] ?? "",
  fewShotSampler: "first_n",
  metrics: ["acc"],
  version: 0,
});
