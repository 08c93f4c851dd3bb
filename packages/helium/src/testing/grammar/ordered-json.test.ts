import { expect, test } from "vitest";
import { layouts, putInOrder, writeJson } from "./ordered-json.ts";
import { admits, schemaStart } from "./schema-acceptor.ts";

const object = (properties: object, more: object = {}): object => ({ type: "object", properties, ...more });

/** The compact text of a value in an order that the schema's grammar admits. */
function ordered(schema: unknown, value: unknown): string | null {
  const start = schemaStart(schema);
  const found = putInOrder(start, value);
  if (found === null) return null;
  const text = writeJson(found.value, layouts.compact);
  expect(admits(start, text)).toBe(true);
  expect(JSON.parse(text)).toEqual(value);
  return text;
}

test("keys come in the order of the schema", () => {
  const schema = object({ b: true, a: true }, { required: ["c"] });
  expect(ordered(schema, { a: 1, c: 2, b: 3 })).toBe('{"b":3,"a":1,"c":2}');
});

test("the order within a value decides which alternative what follows is of", () => {
  const [x, y] = [
    object({ in: object({ p: true, q: true }), end: { const: 1 } }, { additionalProperties: false }),
    object({ in: object({ q: true, p: true }), end: { const: 2 } }, { additionalProperties: false }),
  ];
  for (const schema of [{ anyOf: [x, y] }, { oneOf: [y, x] }]) {
    expect(ordered(schema, { in: { p: 0, q: 0 }, end: 1 })).toBe('{"in":{"p":0,"q":0},"end":1}');
    expect(ordered(schema, { in: { p: 0, q: 0 }, end: 2 })).toBe('{"in":{"q":0,"p":0},"end":2}');
    expect(ordered(schema, { in: { p: 0, q: 0 }, end: 3 })).toBeNull();
  }
  const list = { type: "array", items: { anyOf: [x, y] } };
  expect(ordered(list, [{ in: { p: 0, q: 0 }, end: 2 }])).toBe('[{"in":{"q":0,"p":0},"end":2}]');
});
