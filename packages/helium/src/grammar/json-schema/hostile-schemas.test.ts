import { describe, expect, it } from "vitest";
import { GrammarError } from "../../errors.ts";
import { admits, schemaStart } from "../../testing/grammar/schema-acceptor.ts";

const repeated = (count: number, of: (index: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** `count` schemas, each in the next one. */
const nested = (count: number, wrap: (inner: unknown) => unknown): unknown => {
  let schema: unknown = { type: "integer" };
  for (let i = 0; i < count; i++) schema = wrap(schema);
  return schema;
};

/** Either the schema is compiled, or a typed error says why not; never a RangeError of the stack, never for ever. */
function compiledOrRefused(schema: unknown): "compiled" | "refused" {
  try {
    schemaStart(schema);
    return "compiled";
  } catch (error) {
    expect(error).toBeInstanceOf(GrammarError);
    return "refused";
  }
}

describe("hostile schemas", () => {
  it("lists 10,000 deep are compiled", () => {
    const depth = 10_000;
    const start = schemaStart(nested(depth, (items) => ({ type: "array", items, minItems: 1 })));
    expect(admits(start, `${"[".repeat(depth)}1${"]".repeat(depth)}`)).toBe(true);
    expect(admits(start, `${"[".repeat(depth - 1)}1${"]".repeat(depth - 1)}`)).toBe(false);
  });

  it.each<[string, unknown]>([
    ["allOf 10,000 deep", nested(10_000, (inner) => ({ allOf: [inner] }))],
    ["anyOf 10,000 deep", nested(10_000, (inner) => ({ anyOf: [inner, { minimum: 1 }] }))],
    ["not 10,000 deep", nested(10_000, (inner) => ({ not: inner }))],
    ["properties 10,000 deep", nested(10_000, (inner) => ({ properties: { a: inner }, required: ["a"] }))],
    ["propertyNames 10,000 deep", nested(10_000, (inner) => ({ propertyNames: inner }))],
    [
      "unevaluatedProperties 10,000 deep",
      nested(10_000, (inner) => ({ allOf: [inner], unevaluatedProperties: false })),
    ],
    ["a constant 10,000 deep", { const: JSON.parse(`${"[".repeat(10_000)}${"]".repeat(10_000)}`) as unknown }],
    [
      "alternatives that multiply",
      {
        allOf: repeated(40, (i) => ({
          anyOf: repeated(10, (j) => ({ properties: { [`k${i}`]: { const: j } }, required: [`k${i}`, `${j}`] })),
        })),
      },
    ],
    [
      "oneOf of objects that overlap",
      {
        oneOf: repeated(30, (i) => ({
          type: "object",
          properties: Object.fromEntries(
            repeated(10, (j) => [`p${i + Number(j)}`, { type: "string" }]) as [string, unknown][],
          ),
        })),
      },
    ],
    [
      "dependencies that multiply",
      {
        dependentSchemas: Object.fromEntries(
          repeated(40, (i) => [`a${i}`, { required: [`b${i}`] }]) as [string, unknown][],
        ),
      },
    ],
    [
      "patterns of keys that overlap",
      {
        patternProperties: Object.fromEntries(
          repeated(30, (i) => [`[a-z]${i}.*x{1,30}`, { minimum: i }]) as [string, unknown][],
        ),
      },
    ],
    [
      "many names",
      {
        type: "object",
        properties: Object.fromEntries(
          repeated(5_000, (i) => [`property${i}`, { type: "string" }]) as [string, unknown][],
        ),
      },
    ],
    ["large counts", { type: "array", minItems: 1e9, maxItems: 1e12, contains: { type: "string" }, maxContains: 1e6 }],
    [
      "members to count",
      {
        minProperties: 500,
        maxProperties: 900,
        additionalProperties: false,
        properties: Object.fromEntries(repeated(1_000, (i) => [`p${i}`, {}]) as [string, unknown][]),
      },
    ],
    [
      "a reference to itself by others",
      { $ref: "#/$defs/a", $defs: { a: { allOf: [{ $ref: "#/$defs/b" }] }, b: { anyOf: [{ $ref: "#/$defs/a" }] } } },
    ],
    [
      "an end that never comes",
      {
        $ref: "#/$defs/a",
        $defs: { a: { type: "object", properties: { a: { $ref: "#/$defs/a" } }, required: ["a"] } },
      },
    ],
    ["10 MB of names", { enum: repeated(100_000, (i) => `${i}${"x".repeat(95)}`) }],
    [
      "constructor and __proto__ as keywords",
      JSON.parse('{"__proto__":{"type":"string"},"constructor":1,"properties":{"__proto__":false}}'),
    ],
  ])("%s", (_, schema) => {
    expect(compiledOrRefused(schema)).toMatch(/compiled|refused/);
  });
});
