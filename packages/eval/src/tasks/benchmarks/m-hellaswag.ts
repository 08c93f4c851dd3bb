import type { TranslatedLanguage } from "../languages.ts";
import type { Question } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";
import { hellaSwagTask } from "./hellaswag.ts";

export const translatedHellaSwagDataset = (language: TranslatedLanguage): Dataset => ({
  language,
  repo: "alexandrainst/m_hellaswag",
  config: language,
  validationSplit: "val",
});

/** HellaSwag in another language (Okapi's translation); its examples are documents of the same split. */
export const translatedHellaSwag = (language: TranslatedLanguage): MultipleChoiceTask<Question> =>
  hellaSwagTask(`hellaswag_${language}`, translatedHellaSwagDataset(language), 1);
