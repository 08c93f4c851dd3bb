import { describe, expect, it } from "vitest";
import type { Json } from "./documents/json-values.ts";
import { checkStrictSubset } from "./strict-subset.ts";

const closed = (properties: Record<string, Json>): Json => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const nested = (levels: number): Json => (levels === 0 ? { type: "string" } : closed({ inner: nested(levels - 1) }));

const many = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe("checkStrictSubset", () => {
  it.each([
    [
      "every property required",
      closed({ a: { type: ["string", "null"] }, b: { type: "array", items: { type: "integer" } } }),
    ],
    [
      "anyOf in a property, references and definitions",
      { ...(closed({ a: { anyOf: [{ $ref: "#/$defs/b" }, { type: "null" }] } }) as object), $defs: { b: closed({}) } },
    ],
    ["ten levels", nested(10)],
    [
      "formats and ranges",
      closed({ a: { type: "string", format: "uuid", description: "an id" }, b: { type: "number", minimum: 0 } }),
    ],
  ])("takes %s", (_, schema) => {
    expect(() => checkStrictSubset(schema)).not.toThrow();
  });

  it.each<[Json, string, string]>([
    [{ type: "string" }, "type", "#"],
    [{ anyOf: [closed({})] }, "type", "#"],
    [{ ...(closed({}) as object), anyOf: [closed({})] }, "anyOf", "#/anyOf"],
    [closed({ a: { type: "object", properties: {}, required: [] } }), "additionalProperties", "#/properties/a"],
    [
      closed({ a: { type: "object", properties: { b: {} }, additionalProperties: false } }),
      "required",
      "#/properties/a",
    ],
    [closed({ a: { allOf: [{}] } }), "allOf", "#/properties/a/allOf"],
    [closed({ "a/b": { type: "string", minLength: 1 } }), "minLength", "#/properties/a~1b/minLength"],
    [closed({ a: { type: "string", format: "uri" } }), "format", "#/properties/a/format"],
    [
      closed({ a: { type: "array", items: { anyOf: [{ uniqueItems: true }] } } }),
      "uniqueItems",
      "#/properties/a/items/anyOf/0/uniqueItems",
    ],
    [closed({ a: { enum: many(1_001, "v") } }), "enum", "#/properties/a"],
    [closed({ a: { enum: many(251, "v".repeat(60)) } }), "enum", "#/properties/a/enum"],
    [closed(Object.fromEntries(many(5_001, "p").map((key) => [key, {}]))), "properties", "#"],
    [closed({ ["p".repeat(120_001)]: {} }), "schema", "#"],
  ])("refuses by name (%#)", (schema, keyword, pointer) => {
    const refused = expect.objectContaining({ keyword, pointer }) as unknown;
    expect(() => checkStrictSubset(schema)).toThrow(refused);
  });

  it("refuses eleven levels", () => {
    const refused = expect.objectContaining({ keyword: "properties" }) as unknown;
    expect(() => checkStrictSubset(nested(11))).toThrow(refused);
  });
});
