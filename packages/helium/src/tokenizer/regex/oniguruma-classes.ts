/**
 * What Oniguruma's classes mean for Unicode text, as sources for JavaScript's `v` flag.
 * Source: the Oniguruma document "Regular Expressions" (RE), sections 3, 4 and 6; compared over all code points with
 * the tokenizers library.
 */
/** `\w` as members of a character class. */
const word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";

/** Outside a class Oniguruma asks its Latin-1 table first, where ² ³ ¹ ¼ ½ ¾ are word characters too. */
export const bareWord = `${word}\\xb2\\xb3\\xb9\\xbc-\\xbe`;

/** Class escapes as members of a character class. */
export const classMembers: ReadonlyMap<string, string> = new Map([
  ["s", "\\p{White_Space}"],
  ["S", "\\P{White_Space}"],
  ["d", "\\p{Nd}"],
  ["D", "\\P{Nd}"],
  ["w", word],
  ["W", `[^${word}]`],
  ["h", "0-9a-fA-F"],
  ["H", "[^0-9a-fA-F]"],
]);

/** Escapes of control characters. */
export const controlEscapes: ReadonlyMap<string, string> = new Map([
  ["t", "\t"],
  ["n", "\n"],
  ["r", "\r"],
  ["f", "\f"],
  ["v", "\v"],
  ["a", "\x07"],
  ["e", "\x1b"],
]);

/** Class escapes that stand alone, where that differs. */
export const bareClasses: ReadonlyMap<string, string> = new Map([
  ["w", bareWord],
  ["W", `[^${bareWord}]`],
]);

/** POSIX brackets `[:name:]` as members of a character class. */
export const posixClasses: ReadonlyMap<string, string> = new Map([
  ["alnum", "\\p{Alphabetic}\\p{Nd}"],
  ["alpha", "\\p{Alphabetic}"],
  ["blank", "\\p{Zs}\\t"],
  ["cntrl", "\\p{Cc}"],
  ["digit", "\\p{Nd}"],
  ["punct", "\\p{P}\\p{S}"],
  ["lower", "\\p{Lowercase}"],
  ["space", "\\p{White_Space}"],
  ["upper", "\\p{Uppercase}"],
  ["word", word],
  ["xdigit", "0-9a-fA-F"],
]);

/** `\p{name}` as members of a character class; the name in lower case. */
export const properties: ReadonlyMap<string, string> = new Map([...posixClasses, ["punct", "\\p{P}"]]);

/** `\p{name}` outside a class. */
export const bareProperties: ReadonlyMap<string, string> = new Map([...properties, ["word", bareWord]]);

/** One letter. */
export const isLetter = /^\p{L}$/u;

/** Letter pairs that Unicode's full case folding makes equal to one letter, such as `ss` to `ß`. */
export const foldedPair = /ss|ff|fi|fl|st/i;

/** The ASCII letters from `first` to `last` in both cases, and what simple case folding makes equal to them. */
export const caseVariants = (first: string, last: string): string => {
  const [low, high] = [first.toLowerCase(), last.toLowerCase()];
  const has = (letter: string): boolean => low <= letter && letter <= high;
  const ranges = `${low}-${high}${low.toUpperCase()}-${high.toUpperCase()}`;
  return ranges + (has("s") ? "\u017f" : "") + (has("k") ? "\u212a" : "");
};
