import type { Reading } from "../../data/reading.ts";
import { indexOfLabel, letters } from "../choice-label.ts";
import type { TranslatedLanguage } from "../languages.ts";
import { languages } from "../languages.ts";
import type { Question } from "../question.ts";
import type { MultipleChoiceTask, TaskGroup } from "../task.ts";
import { allMmluSubjects } from "./mmlu-subjects.ts";
import { letteredQuestion, mmluDescription, mmluGroups } from "./mmlu.ts";

interface SubjectQuestion extends Question {
  readonly subject: string;
}

/** The data's name of each language, and that of the harness where it is not the plain one. */
const locales: Readonly<Record<TranslatedLanguage, readonly [config: string, english?: string]>> = {
  de: ["DE_DE"],
  es: ["ES_LA"],
  fr: ["FR_FR"],
  it: ["IT_IT"],
  pt: ["PT_BR", "Brazilian Portuguese"],
};

const options = ["A", "B", "C", "D"] as const;

const readMmmlu = (row: Reading): SubjectQuestion => ({
  question: row.string("Question"),
  choices: options.map((column) => row.string(column)),
  gold: indexOfLabel(row, "Answer", options, row.string("Answer")),
  // Some rows have the name of a file instead, such as "college_mathematics_test.csv_sw-KE.csv".
  subject: row.string("Subject").replace(/_test(?:\.csv|-).*$/s, ""),
});

/** A subject of MMLU as people have translated it (MMMLU); its examples are the first of the same questions. */
const mmmlu = (language: TranslatedLanguage, subject: string): MultipleChoiceTask<SubjectQuestion> => {
  const [config, english = languages[language].english] = locales[language];
  return {
    name: mmmluName(language, subject),
    kind: "multiple_choice",
    dataset: { repo: "openai/MMMLU", config, testSplit: "test", fewShotSplit: "test" },
    read: readMmmlu,
    includes: (doc) => doc.subject === subject,
    description: () => mmluDescription(`${subject} (${english})`),
    context: letteredQuestion,
    choices: ({ choices }) => letters(choices.length),
    gold: ({ gold }) => gold,
    sampleTarget: ({ gold }) => options[gold] ?? "",
    fewShotSampler: "first_n",
    metrics: ["acc"],
    version: 1,
  };
};

const mmmluName = (language: TranslatedLanguage, subject: string): string =>
  `mmmlu_${locales[language][0].toLowerCase()}_${subject}`;

export const mmmluTasks = (language: TranslatedLanguage): readonly MultipleChoiceTask<SubjectQuestion>[] =>
  allMmluSubjects.map((subject) => mmmlu(language, subject));

export const mmmluGroups = (language: TranslatedLanguage): readonly TaskGroup[] =>
  mmluGroups(`mmmlu_${locales[language][0].toLowerCase()}`, (subject) => mmmluName(language, subject));
