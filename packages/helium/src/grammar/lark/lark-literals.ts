import { closedOverCase } from "../pattern/case-folding.ts";
import { codePoints } from "../pattern/code-point-set.ts";
import { encodeText, parsePattern } from "../pattern/index.ts";
import type { Regex, RegexArena } from "../regex/index.ts";
import type { GrammarText } from "../rules/grammar-text.ts";

/** A string of JSON, and `\xNN` as in Python; `i` behind it. */
const stringPattern = /"(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|[^"\\\x00-\x1f\x7f])*"/y;

const regexPattern = /\/(?:\\.|[^/\\\r\n])+\//y;

/** What is read of the flags of a regular expression; `u` is always so. */
const knownFlags = "imsu";

/** The text of a string; null where none is next. @throws GrammarError for one without an end, and for an unknown escape */
function readString(source: GrammarText): string | null {
  if (!source.startsWith('"')) return null;
  const found = source.match(stringPattern);
  if (found === null)
    throw source.expected(String.raw`a string, closed by ", with the escapes \" \\ \/ \b \f \n \r \t \uNNNN \xNN`);
  return JSON.parse(
    found.replaceAll(/\\(?:x(..)|.)/gs, (escape, hex?: string) => (hex ? `\\u00${hex}` : escape)),
  ) as string;
}

/** A string, with `i` in any case, or a range `"a".."z"`; null where none is next. */
export function readLiteral(source: GrammarText, regexes: RegexArena): Regex | null {
  const { at } = source;
  const text = readString(source);
  if (text === null) return null;
  if (source.skip("..")) {
    const last = readString(source);
    const [from, to] = [[...text], [...(last ?? "")]].map((ends) =>
      ends.length === 1 ? ends[0]?.codePointAt(0) : undefined,
    );
    if (from === undefined || to === undefined || to < from)
      throw source.expected('a range of two characters in order, such as "a".."z"', at);
    return regexes.characters([[from, to]]);
  }
  if (/\p{Surrogate}/u.test(text)) throw source.expected("text without lone surrogates", at);
  if (source.match(/i(?![A-Za-z0-9_])/y) === null) return regexes.literal(text);
  return regexes.concat(...Array.from(text, (character) => regexes.characters(closedOverCase(codePoints(character)))));
}

/** `/…/` with flags; null where none is next. */
export function readRegex(source: GrammarText, regexes: RegexArena): Regex | null {
  if (!source.startsWith("/")) return null;
  const { at } = source;
  const found = source.match(regexPattern);
  if (found === null) throw source.problem("the regular expression has no end", "close it with / on the same line");
  const flags = source.match(/[a-z]*/y) ?? "";
  const unknown = [...flags].find((flag) => !knownFlags.includes(flag));
  if (unknown !== undefined)
    throw source.unsupported(`flag ${unknown}`, `has the flag ${unknown}; use the flags i, m, s and u`, at);
  return encodeText(regexes, parsePattern(found.slice(1, -1), { flags }));
}

/** The JSON object behind `%json`. */
export function readJson(source: GrammarText): unknown {
  const { at } = source;
  let depth = 0;
  do {
    if (source.match(/"(?:\\.|[^"\\])*"/sy) !== null) continue;
    const { character } = source;
    if (character === "") throw source.problem("the JSON has no end", "close it with }", at);
    source.at += character.length;
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
  } while (depth > 0);
  try {
    return JSON.parse(source.text.slice(at, source.at));
  } catch (cause) {
    throw source.problem(
      `the JSON cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
      "mend it",
      at,
    );
  }
}
