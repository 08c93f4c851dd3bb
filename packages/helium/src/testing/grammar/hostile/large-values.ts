import { LARGE, list, type Makers, map, nameOf } from "./hostile-parts.ts";

/** Schemas of large values, patterns and counts. */
export const largeValues: Makers<unknown> = {
  "enum of one text, 10 MB": (n) => ({ enum: ["x".repeat(n(LARGE))] }),
  "enum of 50,000 texts, 550 kB": (n) => ({ enum: list(n(50_000), (i) => nameOf(i, 11)) }),
  "enum of one text, 590 kB": (n) => ({ enum: ["x".repeat(n(590_000))] }),
  "enum of one text of Chinese, 590,000 characters": (n) => ({ enum: ["漢字".repeat(n(295_000))] }),
  "enum of one text of Chinese, 10 MB": (n) => ({ enum: ["漢字".repeat(n(LARGE / 6))] }),
  "enum of 100,000 texts, 10 MB": (n) => ({ enum: list(n(100_000), (i) => `${i}${"x".repeat(95)}`) }),
  "enum of 59,000 numbers": (n) => ({ enum: list(n(59_000), (i) => i * 1.5) }),
  "enum of 15,000 objects": (n) => ({ enum: list(n(15_000), (i) => ({ id: i, name: nameOf(i, 20) })) }),
  "enum of 14,000 lists": (n) => ({ enum: list(n(14_000), (i) => [i, i + 1, i + 2]) }),
  "a constant list of 59,000 numbers": (n) => ({ const: list(n(59_000), (i) => i) }),
  "pattern of 10 MB": (n) => ({ type: "string", pattern: "x".repeat(n(LARGE)) }),
  "pattern of 60,000 letters": (n) => ({ type: "string", pattern: nameOf(0, n(60_000)) }),
  "pattern of 10,000 alternatives": (n) => ({ type: "string", pattern: list(n(10_000), (i) => i).join("|") }),
  "9 patterns of 60,000 letters": (n) => ({
    type: "object",
    properties: map(n(9), (i) => [`p${i}`, { type: "string", pattern: nameOf(i, n(60_000)) }]),
  }),
  "minLength 10⁹": () => ({ type: "string", minLength: 1e9 }),
  "maxLength 10¹⁵ and a pattern": () => ({ type: "string", maxLength: 1e15, pattern: "a.{3}b.*c" }),
  "minLength 10⁵ and a pattern": () => ({ type: "string", minLength: 1e5, pattern: "^(ab|abc|abcd)*$" }),
  "minItems 10⁹, maxItems 10¹²": () => ({ type: "array", minItems: 1e9, maxItems: 1e12, items: { type: "string" } }),
  "minContains 10⁶": () => ({ type: "array", contains: { type: "string" }, minContains: 1e6, maxContains: 2e6 }),
  "maxItems 10⁵ with contains": () => ({ type: "array", maxItems: 1e5, contains: { type: "string" }, maxContains: 10 }),
  "uniqueItems of 30 values": () => ({ type: "array", uniqueItems: true, items: { enum: list(30, (i) => i) } }),
  "prefixItems, 19,000": (n) => ({
    type: "array",
    prefixItems: list(n(19_000), (i) => ({ type: "integer", minimum: i })),
  }),
  "minProperties 500 of 1,000": (n) => ({
    ...{ minProperties: n(500), maxProperties: n(900), additionalProperties: false },
    properties: map(n(1_000), (i) => [`p${i}`, true]),
  }),
  "multipleOf 10⁹ + 7": () => ({ type: "integer", multipleOf: 1e9 + 7 }),
  "multipleOf 10⁻⁹": () => ({ type: "number", multipleOf: 1e-9 }),
  "multipleOf of several primes": () => ({
    allOf: [9973, 9967, 9949, 9941, 9931].map((multipleOf) => ({ type: "integer", multipleOf })),
  }),
  "not a multiple of several primes": () => ({
    type: "integer",
    allOf: [9973, 9967, 9949, 9941, 9931].map((multipleOf) => ({ not: { multipleOf } })),
  }),
  "minimum 10³⁰⁰": () => ({ type: "number", minimum: 1e300, maximum: 1.0000001e300 }),
  "minimum of 10,000 ranges": (n) => ({
    anyOf: list(n(10_000), (i) => ({ type: "integer", minimum: 10 * i, maximum: 10 * i + 4 })),
  }),
};
