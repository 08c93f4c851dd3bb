import { DEEP, type Makers, map, objectOf } from "./hostile-parts.ts";

type Schema = Readonly<Record<string, unknown>>;

/** `count` schemas, each in the next one. */
function nested(count: number, wrap: (inner: unknown, depth: number) => Schema): Schema {
  let schema: Schema = { type: "integer" };
  for (let depth = 0; depth < count; depth++) schema = wrap(schema, depth);
  return schema;
}

/** Schemas with many parts within one another. */
export const deepSchemas: Makers<unknown> = {
  "objects in objects, 10 wide and 4 deep": (n) => {
    const level = (depth: number): Schema =>
      depth === 0
        ? { type: "string", maxLength: 7 }
        : { type: "object", properties: map(n(10), (i) => [`${depth}_${i}`, level(depth - 1)]), required: ["x"] };
    return level(4);
  },
  "a constant 10,000 deep": (n) => ({ const: JSON.parse(`${"[".repeat(n(DEEP))}${"]".repeat(n(DEEP))}`) as unknown }),
  "lists 10,000 deep": (n) => nested(n(DEEP), (items) => ({ type: "array", items, minItems: 1 })),
  "objects 10,000 deep": (n) => nested(n(DEEP), (a) => ({ type: "object", properties: { a }, required: ["a"] })),
  "open objects 10,000 deep": (n) => nested(n(DEEP), (a) => ({ properties: { a } })),
  "additionalProperties 10,000 deep": (n) =>
    nested(n(DEEP), (additionalProperties) => ({ type: "object", additionalProperties })),
  "patternProperties 10,000 deep": (n) =>
    nested(n(DEEP), (inner, i) => ({ type: "object", patternProperties: { [`^${i % 7}`]: inner } })),
  "prefixItems 10,000 deep": (n) =>
    nested(n(DEEP), (inner) => ({ type: "array", prefixItems: [inner, { type: "null" }] })),
  "contains 10,000 deep": (n) => nested(n(DEEP), (contains) => ({ type: "array", contains })),
  "anyOf 10,000 deep": (n) => nested(n(DEEP), (inner) => ({ anyOf: [inner, { minimum: 1 }] })),
  "anyOf of objects 4,500 deep": (n) => nested(n(4_500), (inner, i) => ({ anyOf: [inner, objectOf(i, 10)] })),
  "allOf 10,000 deep": (n) => nested(n(DEEP), (inner) => ({ allOf: [inner] })),
  "allOf of objects 10,000 deep": (n) =>
    nested(n(DEEP), (inner, i) => ({ allOf: [inner, { properties: { [`k${i}`]: true } }] })),
  "oneOf 10,000 deep": (n) => nested(n(DEEP), (inner) => ({ oneOf: [inner, { type: "string" }] })),
  "not 10,000 deep": (n) => nested(n(DEEP), (inner) => ({ not: inner })),
  "if 10,000 deep": (n) => nested(n(DEEP), (inner) => ({ if: { type: "string" }, then: true, else: inner })),
  "propertyNames 10,000 deep": (n) => nested(n(DEEP), (inner) => ({ propertyNames: inner })),
  "unevaluatedProperties 10,000 deep": (n) =>
    nested(n(DEEP), (inner) => ({ allOf: [inner], unevaluatedProperties: false })),
  "$ref, a chain of 10,000": (n) => ({
    $ref: "#/$defs/d0",
    $defs: map(n(DEEP), (i) => [`d${i}`, i + 1 < n(DEEP) ? { $ref: `#/$defs/d${i + 1}` } : { type: "string" }]),
  }),
  "$ref, a chain of 10,000 lists": (n) => ({
    $ref: "#/$defs/d0",
    $defs: map(n(DEEP), (i) => [`d${i}`, { type: "array", items: { $ref: `#/$defs/d${(i + 1) % n(DEEP)}` } }]),
  }),
  "$ref, a ring of 10,000": (n) => ({
    $ref: "#/$defs/d0",
    $defs: map(n(DEEP), (i) => [`d${i}`, { $ref: `#/$defs/d${(i + 1) % n(DEEP)}` }]),
  }),
  "$ref, each to two others, 30 deep": (n) => ({
    $ref: "#/$defs/d0",
    $defs: map(n(31), (i) => [
      `d${i}`,
      i === 30 ? { type: "object" } : { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
    ]),
  }),
  "$ref, each to one of two others, 30 deep": (n) => ({
    $ref: "#/$defs/d0",
    $defs: map(n(31), (i) => [
      `d${i}`,
      i === 30
        ? { type: "object" }
        : {
            anyOf: [
              { $ref: `#/$defs/d${i + 1}`, required: [`a${i}`] },
              { $ref: `#/$defs/d${i + 1}`, required: [`b${i}`] },
            ],
          },
    ]),
  }),
  "$ref without an end": () => ({
    $ref: "#/$defs/a",
    $defs: { a: { type: "object", properties: { a: { $ref: "#/$defs/a" } }, required: ["a"] } },
  }),
  "6,000 objects of each other": (n) => ({
    $ref: "#/$defs/d0",
    $defs: map(n(6_000), (i) => [
      `d${i}`,
      { type: "object", properties: map(3, (j) => [`p${j}`, { $ref: `#/$defs/d${(i * 7 + j) % n(6_000)}` }]) },
    ]),
  }),
};
