import { EvalError } from "../errors.ts";
import type { Language } from "./languages.ts";

/** The models that the card compares. */
export type CardModel = "Helium-1 preview" | "SmolLM2 1.7B" | "Gemma-2 2.6B" | "Llama-3.2 3B" | "Qwen2.5 1.5B";

export const cardModels: readonly CardModel[] = [
  "Helium-1 preview",
  "SmolLM2 1.7B",
  "Gemma-2 2.6B",
  "Llama-3.2 3B",
  "Qwen2.5 1.5B",
];

/** Rows of the card, by its own short names. */
export type CardBenchmark =
  "MMLU" | "NQ" | "TQA" | "ARC-E" | "ARC-C" | "OBQA" | "CSQA" | "PIQA" | "SIQA" | "HS" | "WG" | "MKQA" | "FLORES";

type Figures = Readonly<Record<CardModel, number>>;

/** In the order of `cardModels`. */
const figures = (...values: readonly [number, number, number, number, number]): Figures => ({
  "Helium-1 preview": values[0],
  "SmolLM2 1.7B": values[1],
  "Gemma-2 2.6B": values[2],
  "Llama-3.2 3B": values[3],
  "Qwen2.5 1.5B": values[4],
});

/**
 * What the card of Helium-1 preview says, in per cent. Its French, Italian and Portuguese rows and its FLORES figures are not in
 * the copies of it that could be read, and stand out here too.
 *
 * Source: the model's page in the documentation of transformers, which has the card's English, German and Spanish rows.
 */
export const cardFigures: Readonly<Partial<Record<Language, Readonly<Partial<Record<CardBenchmark, Figures>>>>>> = {
  en: {
    MMLU: figures(51.2, 50.4, 53.1, 56.6, 61.0),
    NQ: figures(17.3, 15.1, 17.7, 22.0, 13.1),
    TQA: figures(47.9, 45.4, 49.9, 53.6, 35.9),
    "ARC-E": figures(80.9, 81.8, 81.1, 84.6, 89.7),
    "ARC-C": figures(62.7, 64.7, 66.0, 69.0, 77.2),
    OBQA: figures(63.8, 61.4, 64.6, 68.4, 73.8),
    CSQA: figures(65.6, 59.0, 64.4, 65.4, 72.4),
    PIQA: figures(77.4, 77.7, 79.8, 78.9, 76.0),
    SIQA: figures(64.4, 57.5, 61.9, 63.8, 68.7),
    HS: figures(69.7, 73.2, 74.7, 76.9, 67.5),
    WG: figures(66.5, 65.6, 71.2, 72.0, 64.8),
  },
  de: {
    MMLU: figures(45.6, 35.3, 45.0, 47.5, 49.5),
    "ARC-C": figures(56.7, 38.4, 54.7, 58.3, 60.2),
    HS: figures(53.5, 33.9, 53.4, 53.7, 42.8),
    MKQA: figures(16.1, 7.1, 18.9, 20.2, 10.4),
  },
  es: {
    MMLU: figures(46.5, 38.9, 46.2, 49.6, 52.8),
    "ARC-C": figures(58.3, 43.2, 58.8, 60.0, 68.1),
    HS: figures(58.6, 40.8, 60.5, 61.1, 51.4),
    MKQA: figures(16.0, 7.9, 18.5, 20.6, 10.6),
  },
};

/** The card's average of its eleven English figures, as printed: the plain mean, rounded to a tenth. */
export const cardAverages: Figures = figures(60.7, 59.3, 62.2, 64.7, 63.6);

/** What the card says of a model in a benchmark, in per cent; undefined where it says nothing that is known here. */
export function cardFigure(model: CardModel, benchmark: CardBenchmark, language: Language = "en"): number | undefined {
  return cardFigures[language]?.[benchmark]?.[model];
}

/** The model of the card with this name, cases and signs aside. @throws EvalError for one that the card does not have */
export function cardModel(name: string): CardModel {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9.]/g, "");
  const known = cardModels.find((model) => plain(model) === plain(name));
  if (known !== undefined) return known;
  throw new EvalError(name, `is no model of the card, which has ${cardModels.join(", ")}; name one of them, or none`, {
    given: name,
    expected: cardModels,
  });
}
