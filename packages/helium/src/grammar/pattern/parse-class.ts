import type { CodePointSet } from "./code-point-set.ts";
import {
  codePoints,
  complementOf,
  differenceOf,
  everyCodePoint,
  intersectionOf,
  noCodePoint,
  unionOf,
} from "./code-point-set.ts";
import type { Escape } from "./parse-escape.ts";
import { parseEscape, setOf } from "./parse-escape.ts";
import type { PatternReader } from "./pattern-reader.ts";

/** A character class, after its `[`, to its `]`. */
export function parseClass(reader: PatternReader, depth = 0): CodePointSet {
  if (depth > 100) reader.refuse("a class nested more than 100 deep", "flatten it");
  const negative = reader.take("^");
  const inside = reader.flags.unicodeSets ? parseSets(reader, depth) : parseRanges(reader);
  const set = intersectionOf(reader.cased(inside), everyCodePoint);
  return negative ? complementOf(set) : set;
}

/** ClassContents with the flag `u`. Of annex B, a `-` beside a class escape (`[\w-.]`) is itself. */
function parseRanges(reader: PatternReader): CodePointSet {
  const parts: CodePointSet[] = [];
  while (!reader.take("]")) {
    if (reader.startsWith("[:") && reader.takeMatch(/^\[:\^?[a-z]+:\]/) !== undefined) {
      reader.refuse("a POSIX class such as [:alpha:]", "write \\p{…} or the characters");
    }
    const first = parseMember(reader);
    if (reader.peek() !== "-" || reader.peek(1) === "]") {
      parts.push(setOf(first));
      continue;
    }
    reader.skip(1);
    parts.push(rangeOf(reader, first, parseMember(reader)));
  }
  return unionOf(...parts);
}

function rangeOf(reader: PatternReader, first: Escape, last: Escape): CodePointSet {
  if ("set" in first || "set" in last) return unionOf(setOf(first), codePoints("-"), setOf(last));
  if (first.codePoint > last.codePoint) reader.fail("a range whose first character comes before its last");
  return [[first.codePoint, last.codePoint]];
}

function parseMember(reader: PatternReader): Escape {
  if (reader.atEnd) reader.fail("a ] that ends the class");
  const character = reader.next();
  if (character !== "\\") return { codePoint: character.codePointAt(0) ?? 0 };
  if (reader.take("b")) return { codePoint: 8 };
  return parseEscape(reader);
}

/** ClassSetExpression, with the flag `v`: unions, or operands joined by `--` or by `&&`. */
function parseSets(reader: PatternReader, depth: number): CodePointSet {
  let set = noCodePoint;
  let operator: "" | "--" | "&&" = "";
  for (let count = 0; !reader.take("]"); count++) {
    for (const found of ["--", "&&"] as const) {
      if (!reader.startsWith(found)) continue;
      if (count === 0 || (count > 1 && operator !== found)) reader.fail(`operands joined by one operator only`);
      operator = found;
    }
    if (operator !== "" && !reader.take(operator)) reader.fail(`${operator} between operands`);
    const operand = parseOperand(reader, depth, operator === "");
    if (operator === "--") set = differenceOf(set, operand);
    else if (operator === "&&") set = intersectionOf(set, operand);
    else set = unionOf(set, operand);
  }
  return set;
}

function parseOperand(reader: PatternReader, depth: number, rangesToo: boolean): CodePointSet {
  if (reader.take("[")) return parseClass(reader, depth + 1);
  if (reader.startsWith("\\q")) reader.refuse("\\q{…}", "write the strings as alternatives outside the class");
  if (/^[()[\]{}/|-]$/.test(reader.peek())) reader.fail("a backslash before a syntax character of a class");
  const first = parseMember(reader);
  if (!rangesToo || reader.peek() !== "-" || reader.peek(1) === "-") return reader.cased(setOf(first));
  reader.skip(1);
  const last = parseMember(reader);
  if ("set" in first || "set" in last) return reader.fail("single characters at both ends of a range");
  return reader.cased(rangeOf(reader, first, last));
}
