import { notLineTerminators, wordCharacters } from "./character-classes.ts";
import type { CodePointSet } from "./code-point-set.ts";
import { codePoints, everyCodePoint } from "./code-point-set.ts";
import type { Pattern } from "./pattern.ts";
import { characters, choice, emptyPattern, look, repeated, sequence } from "./pattern.ts";
import { parseClass } from "./parse-class.ts";
import { parseEscape, setOf } from "./parse-escape.ts";
import { tooLargePattern } from "./pattern-errors.ts";
import type { PatternFlags } from "./pattern-reader.ts";
import { PatternReader } from "./pattern-reader.ts";

export interface ParsePatternOptions {
  /** As of a RegExp: `i`, `m`, `s`, `v`; `u` is always taken, and `d`, `g` and `y` say nothing of which texts match. */
  readonly flags?: string;
}

const limits = { length: 65_536, depth: 400, count: 1_000_000 };

/**
 * Reads a regular expression of ECMA-262 as with the flag `u`: a character is a code point. Of annex B it takes what
 * published schemas need: `]`, `{` and `}` as themselves where they end or count nothing, a backslash before any character
 * but an ASCII letter or digit, `-` beside a class escape, and quantifiers after lookaheads.
 *
 * @throws GrammarError where the source is no regular expression; UnsupportedGrammarError for backreferences (repeated
 * text is not regular), octal escapes and what other dialects write; GrammarLimitError beyond 65,536 characters, groups
 * 400 deep or counts above a million.
 */
export function parsePattern(source: string, options: ParsePatternOptions = {}): Pattern {
  if (source.length > limits.length) throw tooLargePattern(source, "characters", source.length, limits.length);
  const reader = new PatternReader(source, readFlags(source, options.flags ?? ""));
  const pattern = parseDisjunction(reader, 0);
  if (!reader.atEnd) reader.fail("an opening ( for this )");
  return pattern;
}

function readFlags(source: string, flags: string): PatternFlags {
  const reader = new PatternReader(source, {
    ignoreCase: flags.includes("i"),
    dotAll: flags.includes("s"),
    multiline: flags.includes("m"),
    unicodeSets: flags.includes("v"),
  });
  const unknown = Array.from(flags).find((flag) => !"dgimsuvy".includes(flag));
  return unknown === undefined ? reader.flags : reader.refuse(`the flag ${unknown}`, "use the flags i, m, s, u and v");
}

function parseDisjunction(reader: PatternReader, depth: number): Pattern {
  if (depth > limits.depth) throw tooLargePattern(reader.source, "nested groups", depth, limits.depth);
  const options: Pattern[] = [parseAlternative(reader, depth)];
  while (reader.take("|")) options.push(parseAlternative(reader, depth));
  return choice(options);
}

function parseAlternative(reader: PatternReader, depth: number): Pattern {
  const parts: Pattern[] = [];
  while (!reader.atEnd && reader.peek() !== "|" && reader.peek() !== ")") {
    parts.push(parseQuantifier(reader, parseTerm(reader, depth)));
  }
  return sequence(parts);
}

function parseTerm(reader: PatternReader, depth: number): Pattern {
  const character = reader.peek();
  if (/^[*+?]$/.test(character) || counted(reader) !== undefined) return reader.fail("something to repeat before this");
  reader.skip(1);
  switch (character) {
    case "^":
      return reader.flags.multiline ? unlessBeside("behind", notLineTerminators) : { kind: "start" };
    case "$":
      return reader.flags.multiline ? unlessBeside("ahead", notLineTerminators) : { kind: "end" };
    case "(":
      return parseGroup(reader, depth);
    case ".":
      return characters(reader.flags.dotAll ? everyCodePoint : notLineTerminators);
    case "[":
      return characters(parseClass(reader));
    case "\\":
      if (reader.take("b")) return wordBoundary(reader, false);
      if (reader.take("B")) return wordBoundary(reader, true);
      return one(reader, setOf(parseEscape(reader)));
    default:
      return one(reader, codePoints(character));
  }
}

const one = (reader: PatternReader, set: CodePointSet): Pattern => characters(reader.cased(set));

/** Holds unless a character of the set comes next (or came last): with the others of `set`, or the end of the text. */
const unlessBeside = (way: "ahead" | "behind", set: CodePointSet): Pattern => look(way, true, characters(set));

function wordBoundary(reader: PatternReader, negative: boolean): Pattern {
  const word = characters(reader.cased(wordCharacters));
  return choice([
    sequence([look("behind", false, word), look("ahead", !negative, word)]),
    sequence([look("behind", true, word), look("ahead", negative, word)]),
  ]);
}

function parseGroup(reader: PatternReader, depth: number): Pattern {
  const inside = (): Pattern => {
    const body = parseDisjunction(reader, depth + 1);
    if (!reader.take(")")) reader.fail("a ) that ends the group");
    return body;
  };
  if (!reader.take("?")) return inside();
  if (reader.take(":")) return inside();
  if (reader.take("=")) return look("ahead", false, inside());
  if (reader.take("!")) return look("ahead", true, inside());
  if (reader.take("<=")) return look("behind", false, inside());
  if (reader.take("<!")) return look("behind", true, inside());
  if (reader.takeMatch(/^<[A-Za-z_$][A-Za-z0-9_$]*>/) !== undefined) return inside();
  const modifiers = reader.takeMatch(/^([ims]*)(?:-([ims]*))?:/);
  if (modifiers === undefined) return reader.fail("one of : = ! <= <! <name> after (?");
  const [, on = "", off = ""] = modifiers;
  const outside = reader.flags;
  const flag = (letter: string, now: boolean): boolean => (on.includes(letter) || now) && !off.includes(letter);
  reader.flags = {
    ...outside,
    ignoreCase: flag("i", outside.ignoreCase),
    dotAll: flag("s", outside.dotAll),
    multiline: flag("m", outside.multiline),
  };
  const body = inside();
  reader.flags = outside;
  return body;
}

const countForm = /^\{([0-9]+)(,([0-9]*))?\}/;

/** The counts of `{n}`, `{n,}` or `{n,m}` that come next, not gone past. */
function counted(reader: PatternReader): RegExpExecArray | undefined {
  if (reader.peek() !== "{") return undefined;
  const match = reader.takeMatch(countForm);
  if (match !== undefined) reader.skip(-match[0].length);
  return match;
}

function parseQuantifier(reader: PatternReader, body: Pattern): Pattern {
  const bounds = parseBounds(reader);
  if (bounds === undefined) return body;
  reader.take("?");
  const [min, max] = bounds;
  // A lookaround repeated is itself, or nothing where it may be left out.
  if (body.kind === "look" || body.kind === "start" || body.kind === "end") return min === 0 ? emptyPattern : body;
  return repeated(body, min, max);
}

function parseBounds(reader: PatternReader): readonly [number, number] | undefined {
  if (reader.take("*")) return [0, Infinity];
  if (reader.take("+")) return [1, Infinity];
  if (reader.take("?")) return [0, 1];
  const match = counted(reader);
  if (match === undefined) return undefined;
  const [whole, low = "", upTo, high = ""] = match;
  const min = Number(low);
  const max = upTo === undefined ? min : high === "" ? Infinity : Number(high);
  if (min > max) reader.fail(`counts in order in ${whole}`);
  for (const count of [min, max]) {
    if (count > limits.count && count !== Infinity)
      throw tooLargePattern(reader.source, "repetitions", count, limits.count);
  }
  reader.skip(whole.length);
  return [min, max];
}
