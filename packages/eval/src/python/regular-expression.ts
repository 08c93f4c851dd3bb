import { EvalError } from "../errors.ts";
import { spaceCharacters } from "./text.ts";

const wordCharacters = String.raw`\p{L}\p{N}_`;
const before = `(?<=[${wordCharacters}])`;
const notBefore = `(?<![${wordCharacters}])`;
const after = `(?=[${wordCharacters}])`;
const notAfter = `(?![${wordCharacters}])`;

/** What stands outside a character class. `\B` is not there: in an empty text it means another thing in each version of Python. */
const outside: Readonly<Record<string, string>> = {
  ".": String.raw`[^\n]`,
  "\\b": `(?:${before}${notAfter}|${notBefore}${after})`,
  "\\w": `[${wordCharacters}]`,
  "\\W": `[^${wordCharacters}]`,
  "\\s": `[${spaceCharacters}]`,
  "\\S": `[^${spaceCharacters}]`,
  "\\d": String.raw`\p{Nd}`,
  "\\D": String.raw`\P{Nd}`,
};

const inside: Readonly<Record<string, string>> = {
  "\\w": wordCharacters,
  "\\s": spaceCharacters,
  "\\d": String.raw`\p{Nd}`,
  "\\D": String.raw`\P{Nd}`,
};

/**
 * The regular expression that finds what `re` of Python finds with this source in a `str`: `\b`, `\w`, `\s` and `\d` mean the
 * characters of all scripts (in JavaScript, the flag `u` or not, those of English), and `.` anything but a line feed.
 * Translated are these, in and out of character classes; all else is written alike in both languages.
 *
 * @param flags beside `u`; default `g`, as for `re.sub` and `re.findall`; with `s`, `.` is any character
 * @throws EvalError for what has no translation
 *
 * @example
 * const articles = pythonRegExp(String.raw`\b(a|an|the)\b`);
 * console.log("a là the thé".replace(articles, "_")); // _ là _ thé
 */
export function pythonRegExp(source: string, flags = "g"): RegExp {
  let [translated, isInClass] = ["", false];
  for (const [token] of source.matchAll(/\\.|[^\\]/gsu)) {
    if (token === "\\B" || (isInClass && (token === "\\S" || token === "\\W")))
      throw new EvalError(
        source,
        `has ${token}${isInClass ? " in a character class" : ""}, which is not translated; write it otherwise`,
        {
          given: token,
        },
      );
    if (isInClass) {
      translated += inside[token] ?? token;
      if (token === "]") isInClass = false;
      continue;
    }
    translated += token === "." && flags.includes("s") ? token : (outside[token] ?? token);
    if (token === "[") isInClass = true;
  }
  return new RegExp(translated, `${flags}u`);
}
