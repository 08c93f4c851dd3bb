import { isList, isObject, own, type Json, type JsonObject } from "../documents/json-values.ts";
import { ANY, literal, NEVER, type Literal } from "../documents/schema-pool.ts";
import { all, any, atom, schemaFormula, yes, type Formula } from "./formulas.ts";
import type { KeyMap, ObjectAtom } from "./json-types.ts";
import { readUnevaluatedProperties } from "./unevaluated.ts";
import { below, refuseMalformed, wholeNumber, type KeywordTable, type Reading } from "./reading.ts";

const mapKeywords = ["properties", "patternProperties", "additionalProperties"] as const;

function mapOf(reading: Reading, keyword: string): JsonObject {
  const value = own(reading.schema, keyword) ?? {};
  if (!isObject(value)) refuseMalformed(reading, keyword, "an object", value);
  return value;
}

/** The three keywords that give each key its schema; read together, at the first that is there. */
function readMap(_: Json, reading: Reading, keyword: string): Formula<ObjectAtom> {
  const { schema } = reading;
  if (Object.keys(schema).find((name) => mapKeywords.some((one) => one === name)) !== keyword) return yes;
  const properties = Object.entries(mapOf(reading, "properties"));
  const patterns = Object.entries(mapOf(reading, "patternProperties"));
  const additional = own(schema, "additionalProperties");
  const of = (value: Json, ...steps: string[]): Literal => literal(below(reading, value, ...steps));
  const map: KeyMap = {
    properties: new Map(properties.map(([key, value]) => [key, of(value, "properties", key)])),
    patterns: patterns.map(([source, value]) => ({
      keys: reading.pattern(source, "patternProperties", reading.pool.place(reading.id, "patternProperties", source)),
      literal: of(value, "patternProperties", source),
    })),
    additional: additional === undefined ? ANY : of(additional, "additionalProperties"),
  };
  return atom({ is: "map", map });
}

function namesOf(value: Json, reading: Reading, keyword: string): readonly string[] {
  if (!isList(value) || !value.every((name) => typeof name === "string")) {
    refuseMalformed(reading, keyword, "a list of names", value);
  }
  return value;
}

const required = (...keys: string[]): Formula<ObjectAtom> => atom<ObjectAtom>({ is: "required", keys });

const absent = (key: string): Formula<ObjectAtom> => atom<ObjectAtom>({ is: "value", key, literal: NEVER });

/** `dependencies`, `dependentRequired`, `dependentSchemas`: where a key is there, more is demanded. */
function readDependencies(value: Json, reading: Reading, keyword: string): Formula<ObjectAtom> {
  if (!isObject(value)) refuseMalformed(reading, keyword, "an object", value);
  return all(
    Object.entries(value).map(([key, demand]) => {
      const isNames =
        keyword === "dependentRequired" || (keyword === "dependencies" && typeof demand !== "object") || isList(demand);
      if (!isNames || typeof demand === "boolean") {
        const schema = schemaFormula<ObjectAtom>(below(reading, demand, keyword, key));
        return schema.op === "yes" ? yes : any([absent(key), schema]);
      }
      const names = typeof demand === "string" ? [demand] : namesOf(demand, reading, keyword);
      return names.length === 0 ? yes : any([absent(key), required(...names)]);
    }),
  );
}

export const objectKeywords: KeywordTable<"object"> = new Map([
  ["properties", readMap],
  ["patternProperties", readMap],
  ["additionalProperties", readMap],
  [
    "required",
    (value, reading, keyword) => {
      const keys = namesOf(value, reading, keyword);
      return keys.length === 0 ? yes : required(...keys);
    },
  ],
  [
    "minProperties",
    (value, reading, keyword) => atom({ is: "count", min: wholeNumber(value, reading, keyword), max: Infinity }),
  ],
  [
    "maxProperties",
    (value, reading, keyword) => atom({ is: "count", min: 0, max: wholeNumber(value, reading, keyword) }),
  ],
  [
    "propertyNames",
    (value, reading, keyword) => atom({ is: "names", keys: reading.textsOf(below(reading, value, keyword)) }),
  ],
  ["dependencies", readDependencies],
  ["dependentRequired", readDependencies],
  ["dependentSchemas", readDependencies],
  ["unevaluatedProperties", readUnevaluatedProperties],
]);
