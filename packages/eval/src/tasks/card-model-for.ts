import { cardModel, cardModels, type CardModel } from "./card.ts";

/** Words of a repository's or a file's name that all belong to one model of the card. */
const words: Readonly<Record<CardModel, readonly string[]>> = {
  "Helium-1 preview": ["helium", "1", "preview"],
  "SmolLM2 1.7B": ["smollm2", "1.7b"],
  "Gemma-2 2.6B": ["gemma", "2", "2b"],
  "Llama-3.2 3B": ["llama", "3.2", "3b"],
  "Qwen2.5 1.5B": ["qwen2.5", "1.5b"],
};

/** Words of models that were trained on instructions: the card compares others. */
const tuned = /\b(it|instruct|chat)\b/i;

/**
 * The model of the card with this name, or one whose name the name of a repository or file has: "google/gemma-2-2b" is
 * Gemma-2 2.6B, "google/gemma-2-2b-it" is none.
 *
 * @param isNamed the caller says that it is one of the card's
 * @throws EvalError for a model that is named and not on the card
 */
export function cardModelFor(name: string, { isNamed }: { readonly isNamed: boolean }): CardModel | null {
  if (isNamed) return cardModel(name);
  if (tuned.test(name)) return null;
  const given = new Set(name.toLowerCase().split(/[^a-z0-9.]+/));
  return cardModels.find((model) => words[model].every((word) => given.has(word))) ?? null;
}
