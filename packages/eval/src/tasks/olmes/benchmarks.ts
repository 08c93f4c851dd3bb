import type { Reading } from "../../data/reading.ts";
import { arcDataset, readArc } from "../benchmarks/arc.ts";
import { commonsenseQaDataset, readCommonsenseQa } from "../benchmarks/commonsense-qa.ts";
import { hellaSwagDataset } from "../benchmarks/hellaswag.ts";
import { mmluDataset, mmluDescription, readMmlu } from "../benchmarks/mmlu.ts";
import { openBookQaDataset, readOpenBookQa } from "../benchmarks/openbookqa.ts";
import { piqaDataset, readPiqa } from "../benchmarks/piqa.ts";
import { readSocialIqa, socialIqaDataset } from "../benchmarks/social-iqa.ts";
import type { GapSentence } from "../benchmarks/winogrande.ts";
import { readWinogrande, winograndeDataset } from "../benchmarks/winogrande.ts";
import { indexOfNumber } from "../choice-label.ts";
import type { Question } from "../question.ts";
import { questionAndAnswer } from "../question.ts";
import type { Subset } from "../task.ts";
import type { Formulations } from "./formulation.ts";
import { olmesShots } from "./shots.ts";

/** Of long splits a thousand documents are taken. */
const thousand: Subset = { above: 1500, size: 1000 };

/** What all benchmarks with a question and its choices share. */
export const asQuestion: Pick<Formulations<Question>, "stem" | "cloze" | "choices" | "gold"> = {
  stem: ({ question }) => `Question: ${question}`,
  cloze: ({ question }) => questionAndAnswer(question),
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
};

/** What all scenes to be continued share: the scene itself is the cloze. */
export const asScene: Pick<Formulations<Question>, "stem" | "cloze" | "choices" | "gold"> = {
  ...asQuestion,
  stem: ({ question }) => `${question}\nChoose the best continuation:`,
  cloze: ({ question }) => question,
};

/** HellaSwag's texts as they are, with all their marks. */
export function readScene(row: Reading): Question {
  const endings = row.strings("endings");
  return {
    question: `${row.string("activity_label")}: ${row.string("ctx")}`,
    choices: endings,
    gold: indexOfNumber(row, "label", endings.length, 0),
  };
}

/** The benchmarks of OLMES whose documents are a question and its choices, by the names of the harness. */
export const olmesQuestions: Readonly<Record<string, Formulations<Question>>> = {
  arc_easy: {
    ...asQuestion,
    dataset: arcDataset("ARC-Easy"),
    read: readArc,
    subset: thousand,
    fewShotExamples: olmesShots.arc_easy,
    normalization: "character",
  },
  arc_challenge: {
    ...asQuestion,
    dataset: arcDataset("ARC-Challenge"),
    read: readArc,
    fewShotExamples: olmesShots.arc_challenge,
    normalization: "pmi",
  },
  openbookqa: {
    ...asQuestion,
    dataset: openBookQaDataset,
    read: readOpenBookQa,
    fewShotExamples: olmesShots.openbookqa,
    normalization: "pmi",
  },
  commonsense_qa: {
    ...asQuestion,
    dataset: commonsenseQaDataset,
    read: readCommonsenseQa,
    fewShotExamples: olmesShots.commonsense_qa,
    normalization: "pmi",
  },
  piqa: {
    ...asQuestion,
    stem: ({ question }) => `Goal: ${question}`,
    cloze: ({ question }) => `Goal: ${question}\nAnswer:`,
    dataset: piqaDataset,
    read: readPiqa,
    subset: thousand,
    fewShotExamples: olmesShots.piqa,
    normalization: "character",
  },
  social_iqa: {
    ...asQuestion,
    dataset: socialIqaDataset,
    read: readSocialIqa,
    subset: thousand,
    fewShotExamples: olmesShots.social_iqa,
    normalization: "character",
  },
  hellaswag: {
    ...asScene,
    dataset: hellaSwagDataset,
    read: readScene,
    subset: thousand,
    fewShotExamples: olmesShots.hellaswag,
    normalization: "character",
  },
};

/** WinoGrande's gap, filled in by letter, or by partial evaluation. */
export const olmesWinogrande: Formulations<GapSentence> = {
  dataset: winograndeDataset("winogrande_debiased"),
  read: readWinogrande,
  stem: ({ sentence }) => `Fill in the blank: ${sentence}`,
  cloze: ({ before, options }) => options.map((option) => before + option),
  rest: ({ after }) => after,
  answered: ({ sentence, options, gold }) => sentence.replaceAll("_", () => options[gold] ?? ""),
  choices: ({ options }) => options,
  gold: ({ gold }) => gold,
  fewShotExamples: olmesShots.winogrande,
  normalization: "none",
};

/** A subject of MMLU; its examples are the five of the development split. */
export const olmesMmlu = (subject: string): Formulations<Question> => ({
  ...asQuestion,
  dataset: mmluDataset(subject),
  read: readMmlu,
  fewShotSampler: "first_n",
  description: () => mmluDescription(subject),
  normalization: "character",
});
