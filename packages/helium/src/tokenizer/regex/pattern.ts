import type { JsonNode } from "../json-node.ts";
import { Expression } from "./expression.ts";
import { PatternSyntaxError } from "./node.ts";
import { lazy } from "../unicode/lazy.ts";

/** A part `[start, end)` of a text, in UTF-16 units, that a pattern matches or leaves between two matches. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly isMatch: boolean;
}

/** Cuts a text into spans that cover it from left to right; an empty text is one empty span without a match. */
export type Pattern = (text: string) => Span[];

/** Visits matches `[start, end)` from left to right. */
type Search = (text: string, visit: (start: number, end: number) => void) => void;

const cover =
  (search: Search): Pattern =>
  (text) => {
    if (text.length === 0) return [{ start: 0, end: 0, isMatch: false }];
    const spans: Span[] = [];
    let previous = 0;
    search(text, (start, end) => {
      if (previous !== start) spans.push({ start: previous, end: start, isMatch: false });
      spans.push({ start, end, isMatch: true });
      previous = end;
    });
    if (previous !== text.length) spans.push({ start: previous, end: text.length, isMatch: false });
    return spans;
  };

/** Matches a fixed, non-empty text. */
export const literalPattern = (literal: string): Pattern =>
  cover((text, visit) => {
    for (let start = text.indexOf(literal); start >= 0;) {
      const end = start + literal.length;
      visit(start, end);
      start = text.indexOf(literal, end);
    }
  });

/** Matches a regular expression in Oniguruma's syntax. */
export const regexPattern = (source: string): Pattern => {
  const expression = new Expression(source);
  return cover((text, visit) => expression.forEachMatch(text, visit));
};

/** As `regexPattern`, made when it is first used. */
export const lazyPattern = (source: () => string): Pattern => {
  const pattern = lazy(() => regexPattern(source()));
  return (text) => pattern()(text);
};

/** The same spans with match and non-match exchanged. */
export const invertPattern =
  (pattern: Pattern): Pattern =>
  (text) =>
    pattern(text).map((span) => ({ ...span, isMatch: !span.isMatch }));

/** Reads `{ "String": s }` or `{ "Regex": r }`. */
export const readPattern = (node: JsonNode): Pattern => {
  const literal = node.get("String");
  if (!literal.isMissing) {
    const text = literal.string();
    if (text === "") throw literal.error("is empty, expected at least one character");
    return literalPattern(text);
  }
  const regex = node.get("Regex");
  if (regex.isMissing) throw node.error("has neither String nor Regex, expected one of them");
  try {
    return regexPattern(regex.string());
  } catch (error) {
    if (!(error instanceof PatternSyntaxError)) throw error;
    throw regex.error(error.message, "write the pattern without this construct");
  }
};
