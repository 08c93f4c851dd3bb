import { isKeyword, refStandsAlone, type Dialect } from "./dialects.ts";
import { isList, isObject, own, type Json, type JsonObject } from "./json-values.ts";

type Holds = "schema" | "list" | "map";

/** Where schemas lie in a schema: as the value, in a list, or in a map by name. */
const positions = new Map<string, readonly Holds[]>([
  ["$defs", ["map"]],
  ["definitions", ["map"]],
  ["properties", ["map"]],
  ["patternProperties", ["map"]],
  ["dependentSchemas", ["map"]],
  ["dependencies", ["map"]],
  ["allOf", ["list"]],
  ["anyOf", ["list"]],
  ["oneOf", ["list"]],
  ["prefixItems", ["list"]],
  ["items", ["schema", "list"]],
  ["additionalItems", ["schema"]],
  ["additionalProperties", ["schema"]],
  ["contains", ["schema"]],
  ["contentSchema", ["schema"]],
  ["if", ["schema"]],
  ["then", ["schema"]],
  ["else", ["schema"]],
  ["not", ["schema"]],
  ["propertyNames", ["schema"]],
  ["unevaluatedItems", ["schema"]],
  ["unevaluatedProperties", ["schema"]],
]);

/** Whether a schema holds no other one, so that all it says is in its own text. */
export const isLeaf = (schema: JsonObject): boolean =>
  Object.keys(schema).every((keyword) => !positions.has(keyword) && !keyword.startsWith("$"));

/** The schemas directly in a schema. */
export function* subschemas(schema: JsonObject, dialect: Dialect): Generator<Json> {
  if (refStandsAlone(dialect) && typeof own(schema, "$ref") === "string") return;
  for (const keyword of Object.keys(schema)) {
    const holds = positions.get(keyword);
    const value = schema[keyword];
    if (holds === undefined || !isKeyword(keyword, dialect)) continue;
    if (holds.includes("map") && isObject(value)) yield* Object.values(value);
    else if (holds.includes("list") && isList(value)) yield* value;
    else if (holds.includes("schema") && isObject(value)) yield value;
  }
}
