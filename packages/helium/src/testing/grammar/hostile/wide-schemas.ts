import { LARGE, list, type Makers, map, nameOf, objectOf } from "./hostile-parts.ts";

/** Schemas with many parts side by side. */
export const wideSchemas: Makers<unknown> = {
  "40,000 properties, 10 MB": (n) => ({
    type: "object",
    properties: map(n(40_000), (i) => [nameOf(i, 220), { type: "string" }]),
  }),
  "400,000 properties, 10 MB": (n) => ({
    type: "object",
    properties: map(n(400_000), (i) => [`p${i}`, { type: "null" }]),
  }),
  "4,000 properties, 10 MB of names": (n) => ({
    type: "object",
    properties: map(n(4_000), (i) => [nameOf(i, LARGE / 4_000), { type: "string" }]),
  }),
  "one property, 10 MB of name": (n) => ({
    type: "object",
    properties: { [nameOf(0, n(LARGE))]: true },
    required: [nameOf(0, n(LARGE))],
  }),
  "19,000 properties": (n) => ({ type: "object", properties: map(n(19_000), (i) => [`p${i}`, { type: "null" }]) }),
  "10,000 properties, 500 kB of names": (n) => ({
    type: "object",
    properties: map(n(10_000), (i) => [nameOf(i, 48), { type: "string" }]),
  }),
  "100 properties, 580 kB of names": (n) => ({
    type: "object",
    properties: map(n(100), (i) => [nameOf(i, 5_800), { type: "string" }]),
  }),
  "100 properties, 580 kB of Chinese names": (n) => ({
    type: "object",
    properties: map(n(100), (i) => ["漢字".repeat(2_900) + nameOf(i, 10), { type: "string" }]),
  }),
  "3,900 properties, each of another schema": (n) => ({
    type: "object",
    properties: map(n(3_900), (i) => [`property${i}`, { type: "string", minLength: i, maxLength: 2 * i + 1 }]),
    additionalProperties: false,
  }),
  "required with 50,000 names": (n) => ({ type: "object", required: list(n(50_000), (i) => `name${i}`) }),
  "required with 10 MB of names": (n) => ({ type: "object", required: list(n(10_000), (i) => nameOf(i, 1_000)) }),
  "dependentRequired, 25,000 names": (n) => ({ dependentRequired: map(n(25_000), (i) => [`a${i}`, [`b${i}`]]) }),
  "dependentSchemas, 40": (n) => ({ dependentSchemas: map(n(40), (i) => [`a${i}`, { required: [`b${i}`] }]) }),
  "oneOf of 5,000 objects": (n) => ({ oneOf: list(n(5_000), (i) => objectOf(i, 40)) }),
  "oneOf of 1,000 objects": (n) => ({ oneOf: list(n(1_000), (i) => objectOf(i, 40)) }),
  "oneOf of 20,000 constants": (n) => ({ oneOf: list(n(20_000), (i) => ({ const: `constant number ${i}` })) }),
  "oneOf of 2,000 ranges of numbers": (n) => ({
    oneOf: list(n(2_000), (i) => ({ type: "number", minimum: i, maximum: 3 * i })),
  }),
  "oneOf of 500 patterns": (n) => ({ oneOf: list(n(500), (i) => ({ type: "string", pattern: `${i}.*x` })) }),
  "anyOf of 5,000 objects": (n) => ({ anyOf: list(n(5_000), (i) => objectOf(i, 40)) }),
  "anyOf of 18,000 lengths": (n) => ({ anyOf: list(n(18_000), (i) => ({ type: "string", minLength: i })) }),
  "anyOf of 6,000 patterns": (n) => ({
    anyOf: list(n(6_000), (i) => ({ type: "string", pattern: `^${nameOf(i, 80)}` })),
  }),
  "anyOf of 10,000 lists": (n) => ({
    anyOf: list(n(10_000), (i) => ({ type: "array", items: { const: nameOf(i, 30) } })),
  }),
  "allOf of 5,000 objects": (n) => ({ allOf: list(n(5_000), (i) => objectOf(i, 40)) }),
  "allOf of 11,000 objects that may all be there": (n) => ({
    allOf: list(n(11_000), (i) => ({ type: "object", properties: { [`key${i}`]: { type: "string" } } })),
  }),
  "allOf of 18,000 lengths": (n) => ({ allOf: list(n(18_000), (i) => ({ type: "string", minLength: i })) }),
  "allOf of 200 patterns": (n) => ({
    type: "string",
    allOf: list(n(200), (i) => ({ pattern: `[a-f]${i}.*[g-z]{3}` })),
  }),
  "allOf of 40 anyOf of 10": (n) => ({
    allOf: list(n(40), (i) => ({
      anyOf: list(10, (j) => ({ properties: { [`k${i}`]: { const: j } }, required: [`k${i}`, `${j}`] })),
    })),
  }),
  "not of 19,000 constants": (n) => ({ allOf: list(n(19_000), (i) => ({ not: { const: `constant number ${i}` } })) }),
  "patternProperties, 2,500": (n) => ({
    patternProperties: map(n(2_500), (i) => [`^${nameOf(i, 200)}`, { type: "string" }]),
    additionalProperties: false,
  }),
  "patternProperties, 30 that overlap": (n) => ({
    patternProperties: map(n(30), (i) => [`[a-z]${i}.*x{1,30}`, { minimum: i }]),
  }),
  "1,000 properties and 100 patternProperties": (n) => ({
    properties: map(n(1_000), (i) => [`property${i}`, { type: "string" }]),
    patternProperties: map(n(100), (i) => [`${i}$`, { maxLength: i }]),
  }),
  "definitions, 10 MB that nothing refers to": (n) => ({
    type: "string",
    $defs: map(n(60_000), (i) => [`d${i}`, objectOf(i, 40)]),
  }),
  "definitions, 4,500 that all are referred to": (n) => ({
    type: "object",
    properties: map(n(4_500), (i) => [`p${i}`, { $ref: `#/$defs/d${i}` }]),
    $defs: map(n(4_500), (i) => [`d${i}`, objectOf(i, 20)]),
  }),
  "definitions, 2,000 with anchors and identifiers": (n) => ({
    anyOf: list(n(2_000), (i) => ({ $ref: `https://example.org/${i}#a` })),
    $defs: map(n(2_000), (i) => [`d${i}`, { $id: `https://example.org/${i}`, $anchor: "a", const: i }]),
  }),
  "annotations, 10 MB": (n) => ({ type: "string", description: "x".repeat(n(LARGE)) }),
  "keywords that are not known, 10 MB": (n) => ({ type: "string", ...map(n(400_000), (i) => [`x-keyword-${i}`, i]) }),
};
