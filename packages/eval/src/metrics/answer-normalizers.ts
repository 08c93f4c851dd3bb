import { pythonRegExp } from "../python/regular-expression.ts";
import { foldSpaces } from "../python/text.ts";
import { asciiPunctuation } from "./ascii-punctuation.ts";

const englishArticles = pythonRegExp(String.raw`\b(a|an|the)\b`);

/**
 * An English answer as SQuAD compares it: in lower case, without ASCII punctuation, then without articles, white space folded.
 *
 * Source: the evaluation of SQuAD 1.1 (Rajpurkar et al. 2016).
 *
 * @example
 * console.log(normalizeSquad("The  U.S. Army's")); // us armys
 */
export const normalizeSquad = (text: string): string =>
  foldSpaces(text.toLowerCase().replace(asciiPunctuation, "").replace(englishArticles, " "));

/**
 * An English answer as TriviaQA compares it: as SQuAD, but what stands for punctuation, the quotation marks ‘ ’ ´ ` too, becomes
 * a space instead of nothing, and so does `_`.
 *
 * Source: the evaluation of TriviaQA (Joshi et al. 2017); the references of the data are normalised already.
 *
 * @example
 * console.log(normalizeTriviaQa("The U.S.-born actor")); // u s born actor
 */
export const normalizeTriviaQa = (text: string): string =>
  foldSpaces(text.toLowerCase().replace(asciiPunctuation, " ").replace(/[‘’´]/g, " ").replace(englishArticles, " "));
