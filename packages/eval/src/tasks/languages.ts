/** The languages of the card. */
export type Language = "en" | "de" | "es" | "fr" | "it" | "pt";

export interface LanguageNames {
  /** In English, as prompts for translation say it. */
  readonly english: string;
  /** FLORES-200 (and column) code. */
  readonly flores: string;
  /** The words for "Question" and "Answer" in the language itself. */
  readonly question: string;
  readonly answer: string;
}

export const languages: Readonly<Record<Language, LanguageNames>> = {
  en: { english: "English", flores: "eng_Latn", question: "Question", answer: "Answer" },
  de: { english: "German", flores: "deu_Latn", question: "Frage", answer: "Antwort" },
  es: { english: "Spanish", flores: "spa_Latn", question: "Pregunta", answer: "Respuesta" },
  fr: { english: "French", flores: "fra_Latn", question: "Question", answer: "Réponse" },
  it: { english: "Italian", flores: "ita_Latn", question: "Domanda", answer: "Risposta" },
  pt: { english: "Portuguese", flores: "por_Latn", question: "Pergunta", answer: "Resposta" },
};

/** Those of the translated benchmarks. */
export type TranslatedLanguage = Exclude<Language, "en">;

export const translatedLanguages: readonly TranslatedLanguage[] = ["de", "es", "fr", "it", "pt"];

export const allLanguages: readonly Language[] = ["en", ...translatedLanguages];
