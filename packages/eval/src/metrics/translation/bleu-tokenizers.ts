import { foldSpaces } from "../../python/text.ts";

/** Cuts a line into tokens for BLEU. */
export interface BleuTokenizer {
  /** Stands in the signature, behind `tok:`. */
  readonly name: string;
  /** The line with white space between its tokens. */
  readonly tokenize: (line: string) => string;
}

export type BleuTokenizerName = "13a" | "intl" | "char" | "none";

/** Letters that HTML writes by name, in the order in which they are read. */
const entities = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
] as const;

/** Everything of ASCII that is punctuation, but for the apostrophe, comma, hyphen and full stop. */
const ascii = /[{-~[-` -&(-+:-@/]/gu;

/**
 * The tokenizer of NIST's mteval-v13a, as WMT uses it: ASCII punctuation stands alone, a comma or full stop between two digits stays,
 * a hyphen is cut off behind a digit only. Characters outside ASCII stay where they are.
 */
function tokenize13a(line: string): string {
  let text = line.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  for (const [entity, character] of entities) text = text.replaceAll(entity, character);
  return foldSpaces(
    ` ${text} `
      .replace(ascii, " $& ")
      .replace(/([^0-9])([.,])/gu, "$1 $2 ")
      .replace(/([.,])([^0-9])/gu, " $1 $2")
      .replace(/([0-9])(-)/gu, "$1 $2 "),
  );
}

/**
 * The international tokenizer of NIST's mteval-v14: punctuation of all scripts is cut off where it does not stand between two digits,
 * and symbols always.
 */
const tokenizeInternational = (line: string): string =>
  foldSpaces(
    line
      .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
      .replace(/(\p{P})(\P{N})/gu, " $1 $2")
      .replace(/\p{S}/gu, " $& "),
  );

/** The tokenizers that need no model, by the names that sacrebleu gives them. */
export const bleuTokenizers: Readonly<Record<BleuTokenizerName, BleuTokenizer>> = {
  "13a": { name: "13a", tokenize: tokenize13a },
  intl: { name: "intl", tokenize: tokenizeInternational },
  char: { name: "char", tokenize: (line) => Array.from(line).join(" ") },
  none: { name: "none", tokenize: (line) => line },
};
