import { z } from "@hono/zod-openapi";
import type { GrammarSpec, JsonGrammarSpec, JsonSchema } from "@helium-lm/helium";
import { invalidRequest } from "../errors.ts";
import { closeObjects } from "./close-objects.ts";

const anything = z.unknown().optional();
const text = z.string().nullish();

/** Fields of a body that say what the text has to be: OpenAI's, vLLM's old and new ones, and llama-server's. */
export const grammarFields = {
  response_format: z
    .looseObject({ type: z.string(), json_schema: z.looseObject({}).nullish() })
    .nullish()
    .openapi({ description: '`{ "type": "json_schema", "json_schema": { "name", "schema" } }`, json_object or text' }),
  structured_outputs: z
    .looseObject({ json: anything, regex: text, choice: z.array(z.string()).min(1).nullish(), grammar: text })
    .nullish()
    .openapi({ description: "One of json, regex, choice and grammar (GBNF or Lark)" }),
  guided_json: anything,
  guided_regex: text,
  guided_choice: z.array(z.string()).min(1).nullish(),
  guided_grammar: text,
  json_schema: anything,
  grammar: text,
} as const;

/** What a body may say of the text. */
type GrammarBody = { readonly [Key in keyof typeof grammarFields]?: z.infer<(typeof grammarFields)[Key]> };

/** A field with what it asks for. */
type Asked = readonly [field: string, spec: GrammarSpec];

/** What the text has to be; null: anything. @throws ApiError for more than one of the fields, and for what cannot be enforced */
export function grammarOf(body: GrammarBody): GrammarSpec | null {
  const asked = [
    ...ofResponseFormat(body.response_format),
    ...ofStructuredOutputs(body.structured_outputs),
    ...ofJson("guided_json", body.guided_json),
    ...ofText("guided_regex", body.guided_regex, (regex) => ({ regex })),
    ...ofChoice("guided_choice", body.guided_choice),
    ...ofText("guided_grammar", body.guided_grammar, ofGrammar),
    ...ofJson("json_schema", body.json_schema),
    ...ofText("grammar", body.grammar, ofGrammar),
  ];
  const [first, second] = asked;
  if (first && second)
    throw invalidRequest(second[0], `cannot be enforced beside ${first[0]}; give one of them`, {
      details: { given: asked.map(([field]) => field) },
    });
  return first ? { ...first[1], field: first[0] } : null;
}

/**
 * JSON of a schema, written as Python's json does, with objects closed where the schema leaves them open: both leave a model
 * fewer ways to ramble.
 *
 * @throws ApiError for what is no schema
 */
export function schemaSpec(field: string, given: unknown): JsonGrammarSpec {
  const schema = jsonSchemaOf(field, given);
  return { json: typeof schema === "boolean" ? schema : closeObjects(schema), whitespace: "spaced", field };
}

/** A schema, as a value or as the text of one. @throws ApiError for what is none */
function jsonSchemaOf(field: string, given: unknown): JsonSchema {
  const value = typeof given === "string" ? parsed(field, given) : given;
  if (typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value)))
    return value as JsonSchema;
  throw invalidRequest(field, "is no JSON Schema; expected an object");
}

function ofResponseFormat(given: GrammarBody["response_format"]): Asked[] {
  if (!given || given.type === "text") return [];
  if (given.type === "json_object") return ofJson("response_format.schema", given["schema"] ?? { type: "object" });
  const field = "response_format.json_schema";
  if (given.type !== "json_schema")
    throw invalidRequest("response_format.type", `is "${given.type}"; expected json_schema, json_object or text`);
  if (!given.json_schema) throw invalidRequest(field, 'is missing; expected { "name": …, "schema": … }');
  return ofJson(`${field}.schema`, given.json_schema["schema"] ?? null, true);
}

/** Parts of `structured_outputs` that ask for something else than the four. */
const refused: Readonly<Record<string, string>> = {
  structural_tag: "is not supported; use json, regex, choice or grammar",
  whitespace_pattern: "is not supported; leave it out",
  disable_additional_properties: 'is not supported; write "additionalProperties": false into the schema',
};

function ofStructuredOutputs(given: GrammarBody["structured_outputs"]): Asked[] {
  if (!given) return [];
  const field = (name: string): string => `structured_outputs.${name}`;
  for (const [name, message] of Object.entries(refused))
    if (given[name]) throw invalidRequest(field(name), message, { code: "unsupported_parameter" });
  const json = given["json_object"] === true ? { type: "object" } : given.json;
  const asked = [
    ...ofJson(field("json"), json),
    ...ofText(field("regex"), given.regex, (regex) => ({ regex })),
    ...ofChoice(field("choice"), given.choice),
    ...ofText(field("grammar"), given.grammar, ofGrammar),
  ];
  if (asked.length > 0) return asked;
  throw invalidRequest("structured_outputs", "asks for nothing; give json, regex, choice or grammar");
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

const ofJson = (field: string, given: unknown, isNeeded = false): Asked[] =>
  isGiven(given) || isNeeded ? [[field, schemaSpec(field, given)]] : [];

const ofText = (field: string, given: string | null | undefined, spec: (text: string) => GrammarSpec): Asked[] =>
  given ? [[field, spec(given)]] : [];

const ofChoice = (field: string, choice: readonly string[] | null | undefined): Asked[] =>
  isGiven(choice) ? [[field, { choice }]] : [];

/** Rules of llama.cpp have `::=`, those of Lark a colon. */
const ofGrammar = (source: string): GrammarSpec =>
  !source.includes("::=") && /^\s*[?!]?\w+\s*:/m.test(source) ? { lark: source } : { gbnf: source };

function parsed(field: string, given: string): unknown {
  try {
    return JSON.parse(given);
  } catch (error) {
    throw invalidRequest(field, `is no JSON: ${(error as Error).message}; give the schema as an object`);
  }
}
