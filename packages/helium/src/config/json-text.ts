import { jsonExcess } from "@helium-lm/nn";
import { ConfigError } from "../errors.ts";
import { jsonLimits, jsonSnapshot, type JsonValue } from "./json-value.ts";

/** A number that is written with a point even where it is whole: strict readers tell `1` from `1.0`. */
export class JsonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** JSON whose float-typed numbers are marked. */
export type JsonTree = JsonValue | JsonFloat | readonly JsonTree[] | { readonly [key: string]: JsonTree };

/** The values are copied and frozen, each copy as large as they are. */
const allowance = { perCharacter: 0.25, base: 8 * 2 ** 20 };

/**
 * Parses JSON text, with the bare tokens `NaN`, `Infinity` and `-Infinity` that Python writes.
 *
 * @throws ConfigError when the text is not JSON, or is nested beyond reason
 */
export function parseJson(text: string, file: string): JsonValue {
  const problem = jsonExcess(text, allowance);
  if (problem !== null)
    throw new ConfigError({
      file,
      given: `a text that ${problem}`,
      expected: jsonLimits,
      mend: "check that this is the config of a model",
    });
  let value: unknown;
  try {
    value = parseLenient(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      { file, given: text, expected: `JSON (${reason.slice(0, 120)})`, mend: "download or write the file again" },
      { cause: error },
    );
  }
  return jsonSnapshot(value, file);
}

function parseLenient(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(encodeBareTokens(text));
  }
}

/** One pass over the text: bare tokens outside strings become their `__float__` form. */
function encodeBareTokens(text: string): string {
  const pieces: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      at = endOfString(text, at);
      continue;
    }
    const token = ["NaN", "Infinity", "-Infinity"].find((name) => text.startsWith(name, at));
    if (token === undefined) {
      at += 1;
      continue;
    }
    pieces.push(text.slice(copied, at), `{"__float__":"${token}"}`);
    at += token.length;
    copied = at;
  }
  return pieces.join("") + text.slice(copied);
}

/** The index after the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** `tree` as plain JSON data: marks removed, special floats in their `__float__` form. */
export function toPlainJson(tree: JsonTree): JsonValue {
  if (tree instanceof JsonFloat) return toPlainJson(tree.value);
  if (typeof tree === "number" && !Number.isFinite(tree)) return { __float__: String(tree) };
  if (tree === null || typeof tree !== "object") return tree;
  if (isList(tree)) return tree.map(toPlainJson);
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, toPlainJson(value)]));
}

/** `tree` as text in the form of Python's `json.dumps(indent=2, sort_keys=True)`, with a newline at the end. */
export function writeJson(tree: { readonly [key: string]: JsonTree }): string {
  return `${written(tree, "")}\n`;
}

function written(tree: JsonTree, indent: string): string {
  if (tree instanceof JsonFloat) return Number.isFinite(tree.value) ? float(tree.value) : written(tree.value, indent);
  if (typeof tree === "number") {
    if (!Number.isFinite(tree)) return written(toPlainJson(tree), indent);
    return Number.isSafeInteger(tree) ? String(tree) : float(tree);
  }
  if (typeof tree === "string") return quoted(tree);
  if (tree === null || typeof tree === "boolean") return String(tree);
  const inner = `${indent}  `;
  const [open, close, items] = isList(tree)
    ? ["[", "]", tree.map((item) => written(item, inner))]
    : ["{", "}", sortedEntries(tree).map(([key, item]) => `${quoted(key)}: ${written(item, inner)}`)];
  return items.length === 0 ? open + close : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}

const isList = (tree: JsonTree): tree is readonly JsonTree[] => Array.isArray(tree);

/** Python sorts strings by code point. */
function sortedEntries(tree: { readonly [key: string]: JsonTree }): [string, JsonTree][] {
  return Object.entries(tree).sort(([a], [b]) => compareCodePoints(a, b));
}

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** ASCII only, as Python escapes by default. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Python's `repr`: shortest digits, a point or an exponent always, `e` below 1e-4 and from 1e16, two digits in it. */
function float(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  const [digits = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent >= 0) return Number.isInteger(value) ? `${BigInt(value)}.0` : String(value);
  const sign = value < 0 ? "-" : "";
  return `${sign}0.${"0".repeat(-exponent - 1)}${digits.replace(/[-.]/g, "")}`;
}
