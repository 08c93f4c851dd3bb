import { GenerationError } from "../../errors.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";

/** @throws GenerationError for what only looks like a tokenizer */
export function ownTokenizer(given: unknown, name: string): Tokenizer {
  const { getVocab, convertIdsToTokens } = given as Partial<Tokenizer>;
  if (typeof getVocab === "function" && typeof convertIdsToTokens === "function") return given as Tokenizer;
  throw new GenerationError(name, "needs to know the bytes of every token; pass a tokenizer of AutoTokenizer");
}
