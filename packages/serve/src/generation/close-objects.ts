type Schema = Readonly<Record<string, unknown>>;

/** Keywords by which several schemas speak of one object, so that closing one of them would forbid what another allows. */
const combining = [
  "allOf",
  "if",
  "not",
  "dependentSchemas",
  "dependencies",
  "patternProperties",
  "propertyNames",
  "unevaluatedProperties",
  "$dynamicRef",
  "$recursiveRef",
  "extends",
];

/** Those that do so only beside properties of the object's own. */
const besideProperties = ["anyOf", "oneOf", "$ref", "minProperties", "dependentRequired"];

/** Keywords whose values are data. */
const data: ReadonlySet<string> = new Set(["const", "enum", "default", "examples", "required", "type"]);

/** Keywords whose values are schemas by name. */
const tables: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);

/**
 * The schema with `additionalProperties: false` in each object that names its properties and says nothing of others: JSON Schema
 * lets them pass, but a model has nothing to say there. All that the result allows, the schema allows. One that combines several
 * schemas for one object stays as it is.
 */
export function closeObjects(schema: Schema): Schema {
  return some(schema, isOpenForOthers) ? schema : closed(schema);
}

function isOpenForOthers(schema: Schema): boolean {
  if (combining.some((keyword) => keyword in schema)) return true;
  if (!("properties" in schema)) return false;
  const names = Object.keys(schema["properties"] ?? {});
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return (
    besideProperties.some((keyword) => keyword in schema) || required.some((name) => !names.includes(String(name)))
  );
}

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether it holds of a schema, or of one within it. */
function some(value: unknown, holds: (schema: Schema) => boolean): boolean {
  if (Array.isArray(value)) return value.some((one) => some(one, holds));
  if (!isObject(value)) return false;
  if (holds(value)) return true;
  return Object.entries(value).some(([key, inner]) => {
    if (data.has(key)) return false;
    return tables.has(key) && isObject(inner)
      ? Object.values(inner).some((one) => some(one, holds))
      : some(inner, holds);
  });
}

function closed(schema: Schema): Schema {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner);
    return isObject(value) ? closed(value) : value;
  };
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (data.has(key)) return [key, value];
    if (!tables.has(key) || !isObject(value)) return [key, inner(value)];
    return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]))];
  });
  const isOpen = "properties" in schema && !("additionalProperties" in schema);
  return Object.fromEntries(isOpen ? [...entries, ["additionalProperties", false]] : entries);
}
