import { pythonFloat } from "./json.ts";

/** What a program in Python may have as an answer. */
export type PythonValue = string | number | boolean | null | readonly PythonValue[];

/**
 * `str(value)` of Python: a text as it is, a list as Python would write it in a program. Whole numbers are `int`.
 *
 * @example
 * console.log(pythonStr(["it's", "2½"])); // ["it's", '2½']
 */
export const pythonStr = (value: PythonValue): string => (typeof value === "string" ? value : pythonRepr(value));

/** `repr(value)` of Python. */
export function pythonRepr(value: PythonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : pythonFloat(value);
  if (typeof value === "string") return stringRepr(value);
  return `[${value.map(pythonRepr).join(", ")}]`;
}

/** In single quotes, unless there are such in the text, and no double ones. */
function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(/[\\'"\p{C}\p{Z}]/gu, (character) => {
    if (character === "\\" || character === quote) return `\\${character}`;
    return /['" ]/.test(character) ? character : escapeOf(character);
  });
  return quote + inner + quote;
}

const shortEscapes: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** Of what Python does not print: control and format characters, lone surrogates, spaces other than U+0020. */
function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = (length: number): string => code.toString(16).padStart(length, "0");
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  if (code < 0x100) return `\\x${digits(2)}`;
  return code < 0x10000 ? `\\u${digits(4)}` : `\\U${digits(8)}`;
}
