import type { JsonNode } from "../json-node.ts";
import { invertPattern, lazyPattern, readPattern } from "../regex/pattern.ts";
import type { Pattern } from "../regex/pattern.ts";
import type { PreTokenizer } from "../stages.ts";
import { CodePointRanges } from "../unicode/code-point-ranges.ts";
import { newerDigitRuns, punctuationRuns } from "../unicode/tables.ts";
import { splitBehaviors, splitText } from "./split-behavior.ts";
import type { SplitBehavior } from "./split-behavior.ts";

const splitBy =
  (pattern: Pattern, behavior: SplitBehavior): PreTokenizer =>
  (pieces) =>
    pieces.flatMap((piece) => splitText(piece, pattern, behavior));

/** `{ "type": "Split", "pattern": { "String" | "Regex": p }, "behavior": b, "invert": i }` */
export const readSplit = (node: JsonNode): PreTokenizer => {
  const pattern = readPattern(node.get("pattern"));
  const behavior = node.get("behavior").oneOf(splitBehaviors);
  return splitBy(node.get("invert").boolean(false) ? invertPattern(pattern) : pattern, behavior);
};

const classOf = (members: string, packed: string) => (): string =>
  `[${members}${new CodePointRanges(packed).members("x")}]`;

const digits = lazyPattern(classOf("\\p{N}", newerDigitRuns));

/** `{ "type": "Digits", "individual_digits": i }`: numeric characters (`\p{N}` of Unicode 17) apart from the rest. */
export const readDigits = (node: JsonNode): PreTokenizer =>
  splitBy(digits, node.get("individual_digits").boolean() ? "Isolated" : "Contiguous");

const punctuation = lazyPattern(classOf("", punctuationRuns));

/** `{ "type": "Punctuation", "behavior": b }`: ASCII punctuation and `\p{P}` of Unicode 8. */
export const readPunctuation = (node: JsonNode): PreTokenizer => {
  const behavior = node.get("behavior");
  return splitBy(punctuation, behavior.isMissing ? "Isolated" : behavior.oneOf(splitBehaviors));
};

const word = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;

/** `{ "type": "Whitespace" }`: runs of word characters and runs of anything else that is not white space. */
export const splitWhitespace: PreTokenizer = splitBy(
  invertPattern(lazyPattern(() => String.raw`[${word}]+|[^${word}\s]+`)),
  "Removed",
);

/** `{ "type": "WhitespaceSplit" }`: runs of anything but white space. */
export const splitAtWhitespace: PreTokenizer = splitBy(
  lazyPattern(() => String.raw`\s`),
  "Removed",
);
