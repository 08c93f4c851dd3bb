import { isList, isObject, own, type Json, type JsonObject } from "./documents/json-values.ts";
import { pointerStep, refusal } from "./documents/refusals.ts";

/** The limits that OpenAI documents for schemas of structured outputs. */
const LIMITS = {
  properties: 5_000,
  levels: 10,
  /** Characters of names of properties and definitions, of enum and const values. */
  characters: 120_000,
  enumValues: 1_000,
  /** Of one enum of strings with more than `largeEnum` values. */
  enumCharacters: 15_000,
  largeEnum: 250,
} as const;

/** The keywords of the subset, with the type that each is about. */
const keywords = new Set(
  (
    "type enum const anyOf $ref $defs definitions properties required additionalProperties items minItems maxItems " +
    "pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf " +
    "title description default examples $comment $schema $id deprecated readOnly writeOnly"
  ).split(" "),
);

const formats = new Set("date-time time date duration email hostname ipv4 ipv6 uuid".split(" "));

interface Open {
  readonly schema: Json;
  readonly pointer: string;
  /** Objects around it. */
  readonly level: number;
}

/** What is counted over the whole schema. */
interface Totals {
  properties: number;
  characters: number;
  enumValues: number;
}

/**
 * Checks that a schema keeps to the subset of JSON Schema that OpenAI documents for structured outputs in strict mode: the
 * root is an object, every object is closed and requires all its properties, and only some keywords are used.
 *
 * @throws UnsupportedGrammarError names the keyword and where it stands
 */
export function checkStrictSubset(root: Json): void {
  if (!isObject(root) || own(root, "type") !== "object")
    throw refusal("type", "#", 'strict: the root must be of type "object"');
  if (own(root, "anyOf") !== undefined)
    throw refusal("anyOf", "#/anyOf", "strict: not at the root; put it in a property");
  const totals: Totals = { properties: 0, characters: 0, enumValues: 0 };
  const open: Open[] = [{ schema: root, pointer: "#", level: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isObject(next.schema)) throw refusal("schema", next.pointer, "strict: expected an object as schema");
    checkKeywords(next.schema, next.pointer);
    const isOfObjects = checkObject(next.schema, next.pointer);
    const level = next.level + (isOfObjects ? 1 : 0);
    if (level > LIMITS.levels)
      throw refusal("properties", next.pointer, `strict: at most ${LIMITS.levels} levels of objects`);
    count(next.schema, next.pointer, totals);
    open.push(...within(next.schema, next.pointer, level));
  }
}

function checkKeywords(schema: JsonObject, pointer: string): void {
  for (const keyword of Object.keys(schema)) {
    if (!keywords.has(keyword))
      throw refusal(keyword, pointer + pointerStep(keyword), "strict: not in the subset; leave it out");
  }
  const format = own(schema, "format");
  if (typeof format === "string" && !formats.has(format)) {
    throw refusal(
      "format",
      `${pointer}/format`,
      `strict: expected one of ${[...formats].join(", ")}, given ${JSON.stringify(format)}`,
    );
  }
}

/** Whether the schema is about objects, which then must be closed and require all that they name. */
function checkObject(schema: JsonObject, pointer: string): boolean {
  const [type, properties] = [own(schema, "type"), own(schema, "properties")];
  const isOfObjects = type === "object" || (isList(type) && type.includes("object")) || properties !== undefined;
  if (!isOfObjects) return false;
  if (own(schema, "additionalProperties") !== false) {
    throw refusal("additionalProperties", pointer, "strict: must be false for every object");
  }
  const required = own(schema, "required");
  const missing = Object.keys(isObject(properties) ? properties : {}).find(
    (key) => !isList(required) || !required.includes(key),
  );
  if (missing !== undefined) {
    const mend = "to leave it open, let its type be a list with null";
    throw refusal("required", pointer, `strict: must name every property, ${JSON.stringify(missing)} too; ${mend}`);
  }
  return true;
}

function count(schema: JsonObject, pointer: string, totals: Totals): void {
  const names = ["properties", "$defs", "definitions"].flatMap((keyword) => Object.keys(schemasAt(schema, keyword)));
  totals.properties += Object.keys(schemasAt(schema, "properties")).length;
  const [values, constant] = [own(schema, "enum"), own(schema, "const")];
  const listed = isList(values) ? values : [];
  const texts = listed.filter((value) => typeof value === "string");
  totals.enumValues += listed.length;
  const inEnum = lengthOf(texts);
  totals.characters += lengthOf(names) + inEnum + (typeof constant === "string" ? constant.length : 0);
  if (texts.length > LIMITS.largeEnum && inEnum > LIMITS.enumCharacters) {
    throw refusal(
      "enum",
      `${pointer}/enum`,
      `strict: at most ${LIMITS.enumCharacters} characters in an enum of this many values`,
    );
  }
  for (const [keyword, given, limit] of [
    ["properties", totals.properties, LIMITS.properties],
    ["enum", totals.enumValues, LIMITS.enumValues],
    ["schema", totals.characters, LIMITS.characters],
  ] as const) {
    if (given > limit) throw refusal(keyword, pointer, `strict: at most ${limit} of all ${countedAs[keyword]}`);
  }
}

const countedAs = {
  properties: "properties of the schema",
  enum: "values of enums of the schema",
  schema: "characters of names and constant values of the schema",
} as const;

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

function schemasAt(schema: JsonObject, keyword: string): JsonObject {
  const value = own(schema, keyword);
  return isObject(value) ? value : {};
}

function within(schema: JsonObject, pointer: string, level: number): Open[] {
  const named = ["properties", "$defs", "definitions"].flatMap((keyword) =>
    Object.entries(schemasAt(schema, keyword)).map(([key, inner]) => ({
      ...{ schema: inner, pointer: `${pointer}/${keyword}${pointerStep(key)}` },
      level: keyword === "properties" ? level : 0,
    })),
  );
  const [anyOf, items] = [own(schema, "anyOf"), own(schema, "items")];
  const alternatives = (isList(anyOf) ? anyOf : []).map((inner, index) => ({
    ...{ schema: inner, pointer: `${pointer}/anyOf/${index}`, level },
  }));
  const elements = items === undefined ? [] : [{ schema: items, pointer: `${pointer}/items`, level }];
  return [...named, ...alternatives, ...elements];
}
