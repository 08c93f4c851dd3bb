import { describeValue, listOf } from "../given-values.ts";
import { GrammarError, GrammarLimitError } from "../errors.ts";
import {
  grammarKinds,
  type GrammarKind,
  type GrammarSpec,
  type JsonGrammarSpec,
  type RepeatGrammarSpec,
} from "./grammar-spec.ts";
import { isStandardSchema, jsonSchemaOf } from "./standard-schema.ts";

/** What a spec of each kind may hold beside its own key, and what its value has to be. */
const kinds: Readonly<Record<GrammarKind, { readonly options: readonly string[]; readonly expected: string }>> = {
  json: {
    options: ["whitespace", "unknownFormats", "strict", "schemas", "fallback"],
    expected: "a JSON Schema or a Standard Schema",
  },
  regex: { options: [], expected: "the source of a regular expression, or a RegExp" },
  choice: { options: [], expected: "a list of at least one text" },
  gbnf: { options: [], expected: "the text of a GBNF grammar" },
  lark: { options: [], expected: "the text of a Lark grammar" },
  sequence: { options: [], expected: "a list of at least one spec" },
  anyOf: { options: [], expected: "a list of at least one spec" },
  repeat: { options: ["min", "max"], expected: "a spec" },
  without: { options: [], expected: "a list of at least one text, none of them empty" },
  specialToken: { options: [], expected: "the name of a special token" },
};

const isText = (value: unknown): value is string => typeof value === "string";

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && listOf(value) === null;

const isListOf = (value: unknown, isOne: (value: unknown) => boolean): boolean =>
  (listOf(value)?.length ?? 0) > 0 && listOf(value)?.every(isOne) === true;

const accepts: Readonly<Record<GrammarKind, (value: unknown) => boolean>> = {
  json: (value) => typeof value === "boolean" || isObject(value),
  regex: (value) => isText(value) || value instanceof RegExp,
  choice: (value) => isListOf(value, isText),
  gbnf: isText,
  lark: isText,
  sequence: (value) => isListOf(value, isObject),
  anyOf: (value) => isListOf(value, isObject),
  repeat: isObject,
  without: (value) => isListOf(value, (text) => isText(text) && text !== ""),
  specialToken: isText,
};

/** Specs within specs; deeper ones would use up the stack. */
const DEEPEST = 64;

const whitespaces: readonly unknown[] = ["any", "compact", "spaced"];

/**
 * A checked spec that is plain data and regular expressions: schemas of libraries are replaced by their JSON Schemas, so that
 * it can cross to a worker.
 *
 * @throws GrammarError for what is no spec
 */
export function plainSpec(given: GrammarSpec, depth = 0): GrammarSpec {
  const names = grammarKinds;
  if (depth > DEEPEST)
    throw new GrammarLimitError("grammar", `has specs within specs more than ${DEEPEST} deep; nest less`, {
      limit: DEEPEST,
    });
  if (typeof given !== "object" || given === null || listOf(given) !== null || isStandardSchema(given))
    throw new GrammarError(
      "grammar",
      `is ${isStandardSchema(given) ? "a schema" : describeValue(given)}; expected an object with ${orList(names)}, such as { json: schema }`,
      {},
    );
  const own = names.filter((name) => name in given);
  const [kind] = own;
  if (kind === undefined || own.length > 1)
    throw new GrammarError(
      "grammar",
      `has ${own.length === 0 ? `the keys ${Object.keys(given).join(", ") || "of nothing"}` : own.join(" and ")}; expected one of ${orList(names)}`,
      { given: Object.keys(given) },
    );
  const { options, expected } = kinds[kind];
  const odd = Object.keys(given).find((key) => key !== kind && key !== "field" && !options.includes(key));
  if (odd !== undefined)
    throw new GrammarError(
      `grammar.${odd}`,
      `is no option beside ${kind}; expected ${options.length > 0 ? orList(options) : "nothing beside it"}`,
      { given: odd },
    );
  const value = (given as Partial<Record<GrammarKind, unknown>>)[kind];
  const inner = (spec: GrammarSpec): GrammarSpec => plainSpec(spec, depth + 1);
  if ("json" in given) return plainJson(given, inner);
  if (!accepts[kind](value))
    throw new GrammarError(`grammar.${kind}`, `is ${describeValue(value)}; expected ${expected}`, { given: value });
  if ("sequence" in given) return { ...given, sequence: given.sequence.map(inner) };
  if ("anyOf" in given) return { ...given, anyOf: given.anyOf.map(inner) };
  if ("repeat" in given) checkCounts(given);
  if ("repeat" in given) return { ...given, repeat: inner(given.repeat) };
  if ("choice" in given) return { ...given, choice: [...given.choice] };
  return given;
}

/** @throws GrammarError */
function checkCounts({ min = 0, max = Infinity }: RepeatGrammarSpec): void {
  for (const [name, value] of [
    ["min", min],
    ["max", max],
  ] as const)
    if ((!Number.isSafeInteger(value) && value !== Infinity) || value < 0)
      throw new GrammarError(`grammar.${name}`, `is ${describeValue(value)}; expected how many times, 0 or more`, {
        given: value,
      });
}

function plainJson(
  { json: given, fallback, ...options }: JsonGrammarSpec,
  inner: (spec: GrammarSpec) => GrammarSpec,
): JsonGrammarSpec {
  const json = isStandardSchema(given) ? jsonSchemaOf(given) : given;
  if (!accepts.json(json))
    throw new GrammarError("grammar.json", `is ${describeValue(json)}; expected ${kinds.json.expected}`, {
      given: json,
    });
  const { whitespace = "any", unknownFormats = "refuse", strict = false } = options;
  const check = (name: string, value: unknown, isGood: boolean, expected: string): void => {
    if (!isGood)
      throw new GrammarError(`grammar.${name}`, `is ${describeValue(value)}; expected ${expected}`, { given: value });
  };
  check("whitespace", whitespace, whitespaces.includes(whitespace), '"any", "compact" or "spaced"');
  check("unknownFormats", unknownFormats, ["refuse", "ignore"].includes(unknownFormats), '"refuse" or "ignore"');
  check("strict", strict, typeof strict === "boolean", "true or false");
  return { json, ...options, ...(fallback && { fallback: inner(fallback) }) };
}

const orList = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
