import type { Reading } from "../../data/reading.ts";
import { strip } from "../../python/text.ts";
import { indexOfNumber, letters } from "../choice-label.ts";
import type { Question } from "../question.ts";
import { lettered, questionAndAnswer } from "../question.ts";
import type { Dataset, MultipleChoiceTask, TaskGroup } from "../task.ts";
import { allMmluSubjects, mmluSubjects } from "./mmlu-subjects.ts";

export function readMmlu(row: Reading): Question {
  const choices = row.strings("choices");
  return { question: row.string("question"), choices, gold: indexOfNumber(row, "answer", choices.length, 0) };
}

export const mmluDataset = (subject: string): Dataset => ({
  repo: "cais/mmlu",
  config: subject,
  testSplit: "test",
  fewShotSplit: "dev",
});

/** The line above the examples. */
export const mmluDescription = (subject: string): string =>
  `The following are multiple choice questions (with answers) about ${subject.replaceAll("_", " ")}.\n\n`;

/** A question as MMLU's authors print it: without a word before it, and with its four lettered choices. */
export const letteredQuestion = ({ question, choices }: Question): string =>
  `${strip(question)}${lettered(choices, letters(choices.length))}\nAnswer:`;

const answeredByLetter = (subject: string): MultipleChoiceTask<Question> => ({
  name: `mmlu_${subject}`,
  kind: "multiple_choice",
  dataset: mmluDataset(subject),
  read: readMmlu,
  description: () => mmluDescription(subject),
  context: letteredQuestion,
  choices: ({ choices }) => letters(choices.length),
  gold: ({ gold }) => gold,
  fewShotSampler: "first_n",
  metrics: ["acc"],
  version: 1,
});

const answeredInFull = (subject: string): MultipleChoiceTask<Question> => ({
  name: `mmlu_${subject}_continuation`,
  kind: "multiple_choice",
  dataset: mmluDataset(subject),
  read: readMmlu,
  description: () => `The following are questions (with answers) about ${subject.replaceAll("_", " ")}.\n\n`,
  context: ({ question }) => questionAndAnswer(strip(question)),
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
  fewShotSampler: "first_n",
  metrics: ["acc", "acc_norm", "acc_bytes"],
  version: 1,
});

/** Massive Multitask Language Understanding: 57 subjects. */
export const mmluTasks: readonly MultipleChoiceTask<Question>[] = [
  ...allMmluSubjects.map(answeredByLetter),
  ...allMmluSubjects.map(answeredInFull),
];

/** The whole under two averages, and its four parts. */
export function mmluGroups(name: string, taskOf: (subject: string) => string): readonly TaskGroup[] {
  const subjects = allMmluSubjects.map(taskOf);
  return [
    { name, tasks: subjects, weightBySize: true },
    { name: `${name}_macro`, tasks: subjects, weightBySize: false },
    ...Object.entries(mmluSubjects).map(([category, part]) => ({
      name: `${name}_${category}`,
      tasks: part.map(taskOf),
      weightBySize: true,
    })),
  ];
}
