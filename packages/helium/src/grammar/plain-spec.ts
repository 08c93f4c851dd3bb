import { describeValue, listOf } from "../given-values.ts";
import { GrammarError } from "../errors.ts";
import type { GrammarKind, GrammarSpec, JsonGrammarSpec } from "./grammar-spec.ts";
import { isStandardSchema, jsonSchemaOf } from "./standard-schema.ts";

/** What a spec of each kind may hold beside its own key, and what its value has to be. */
const kinds: Readonly<Record<GrammarKind, { readonly options: readonly string[]; readonly expected: string }>> = {
  json: {
    options: ["whitespace", "unknownFormats", "strict", "schemas"],
    expected: "a JSON Schema or a Standard Schema",
  },
  regex: { options: [], expected: "the source of a regular expression, or a RegExp" },
  choice: { options: [], expected: "a list of at least one text" },
  gbnf: { options: [], expected: "the text of a GBNF grammar" },
  lark: { options: [], expected: "the text of a Lark grammar" },
};

const isText = (value: unknown): value is string => typeof value === "string";

const accepts: Readonly<Record<GrammarKind, (value: unknown) => boolean>> = {
  json: (value) =>
    typeof value === "boolean" || (typeof value === "object" && value !== null && listOf(value) === null),
  regex: (value) => isText(value) || value instanceof RegExp,
  choice: (value) => (listOf(value)?.length ?? 0) > 0 && listOf(value)?.every(isText) === true,
  gbnf: isText,
  lark: isText,
};

const whitespaces: readonly unknown[] = ["any", "compact", "spaced"];

/**
 * A checked spec that is plain data and regular expressions: schemas of libraries are replaced by their JSON Schemas, so that
 * it can cross to a worker.
 *
 * @throws GrammarError for what is no spec
 */
export function plainSpec(given: GrammarSpec): GrammarSpec {
  const names = Object.keys(kinds) as GrammarKind[];
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
  const odd = Object.keys(given).find((key) => key !== kind && !options.includes(key));
  if (odd !== undefined)
    throw new GrammarError(
      `grammar.${odd}`,
      `is no option beside ${kind}; expected ${options.length > 0 ? orList(options) : "nothing beside it"}`,
      { given: odd },
    );
  const value = (given as Partial<Record<GrammarKind, unknown>>)[kind];
  if (kind === "json") return plainJson(given as JsonGrammarSpec);
  if (!accepts[kind](value))
    throw new GrammarError(`grammar.${kind}`, `is ${describeValue(value)}; expected ${expected}`, { given: value });
  return kind === "choice" ? { choice: [...(value as readonly string[])] } : given;
}

function plainJson({ json: given, ...options }: JsonGrammarSpec): JsonGrammarSpec {
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
  return { json, ...options };
}

const orList = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
