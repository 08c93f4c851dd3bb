import { readTranslatedArc, translatedArcDataset } from "../benchmarks/m-arc.ts";
import { translatedHellaSwagDataset } from "../benchmarks/m-hellaswag.ts";
import { readTranslatedMmlu, translatedMmluDataset } from "../benchmarks/m-mmlu.ts";
import type { TranslatedLanguage } from "../languages.ts";
import type { Question } from "../question.ts";
import { asQuestion, asScene, readScene } from "./benchmarks.ts";
import type { Formulations } from "./formulation.ts";

/**
 * Translated benchmarks in the two forms. OLMES is English: the layout is its own, the examples are chosen as the harness chooses
 * them for these data.
 */
export const translatedFormulations = (
  language: TranslatedLanguage,
): Readonly<Record<"arc" | "m_mmlu" | "hellaswag", Formulations<Question>>> => ({
  arc: {
    ...asQuestion,
    dataset: translatedArcDataset(language),
    read: readTranslatedArc,
    normalization: "pmi",
  },
  m_mmlu: {
    ...asQuestion,
    dataset: translatedMmluDataset(language),
    read: readTranslatedMmlu,
    fewShotSampler: "first_n",
    normalization: "character",
  },
  hellaswag: {
    ...asScene,
    dataset: translatedHellaSwagDataset(language),
    read: readScene,
    normalization: "character",
  },
});
