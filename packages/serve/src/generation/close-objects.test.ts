import { expect, test } from "vitest";
import { closeObjects } from "./close-objects.ts";

test("objects that name their properties and say nothing of others are closed, wherever they stand", () => {
  const inner = { properties: { a: { type: "string" } } };
  const closed = { ...inner, additionalProperties: false };
  const of = (one: unknown): Record<string, unknown> => ({
    type: "object",
    properties: { list: { items: one }, some: { anyOf: [one, { type: "null" }] }, properties: one },
    required: ["list"],
    $defs: { one },
    default: { properties: 1 },
    additionalProperties: true,
  });
  expect(closeObjects(of(inner))).toEqual(of(closed));
});

test.each<[string, Record<string, unknown>]>([
  ["a schema of several", { allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }],
  ["alternatives beside properties", { properties: { a: {} }, anyOf: [{ properties: { b: {} } }] }],
  ["a required name that is no property", { properties: { a: {} }, required: ["b"] }],
  ["patterns of names", { items: { properties: { a: {} }, patternProperties: { b: {} } } }],
  ["any object", { type: "object" }],
])("%s stays as it is", (_, schema) => {
  expect(closeObjects(schema)).toEqual(schema);
});
