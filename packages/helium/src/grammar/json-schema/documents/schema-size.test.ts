import { expect, test } from "vitest";
import { GrammarLimitError } from "../../../errors.ts";
import { schemaStart } from "../../../testing/grammar/schema-acceptor.ts";
import type { Json } from "./json-values.ts";
import { checkSchemaSize } from "./schema-size.ts";

const refusal = (...schemas: readonly Json[]): unknown => {
  try {
    checkSchemaSize(...schemas);
    return null;
  } catch (error) {
    return error;
  }
};

/** A schema of so many parts: itself, the list, and what is in it. */
const ofParts = (count: number): Json => ({ enum: Array.from({ length: count - 2 }, (_, i) => i) });

test("a schema of 60,000 parts is read, one of more is refused", () => {
  expect(checkSchemaSize(ofParts(60_000))).toBe(60_000);
  const error = refusal(ofParts(60_001));
  expect(error).toBeInstanceOf(GrammarLimitError);
  expect(error).toMatchObject({
    message: "json: the schema has more than 60,000 parts; leave out what is not needed, or split it",
    details: { limit: 60_000 },
  });
  expect(
    refusal({ properties: Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [i, true])) }),
  ).toBeInstanceOf(GrammarLimitError);
});

test("names and texts count by their characters, annotations do not", () => {
  const text = "x".repeat(599_996);
  expect(refusal({ enum: [text] })).toBeNull();
  expect(refusal({ enum: [`${text}x`] })).toMatchObject({
    message:
      "json: the schema has more than 600,000 characters of names and values; leave out what is not needed, or split it",
  });
  expect(refusal({ required: [], properties: { [text]: true } })).toBeInstanceOf(GrammarLimitError);
  expect(refusal({ description: `${text}${text}`, title: text, $comment: text })).toBeNull();
  // A property of that name is none, and neither is what an annotation holds.
  expect(refusal({ properties: { description: { const: `${text}${text}` } } })).toBeInstanceOf(GrammarLimitError);
  expect(refusal({ const: { description: `${text}${text}` } })).toBeInstanceOf(GrammarLimitError);
  expect(refusal({ examples: [`${text}${text}`] })).toBeInstanceOf(GrammarLimitError);
});

test("all schemas that are given count together", () => {
  expect(refusal(ofParts(30_000), ofParts(30_000))).toBeNull();
  expect(refusal(ofParts(30_000), ofParts(30_001))).toBeInstanceOf(GrammarLimitError);
  const options = { schemas: { "https://example.org/a": ofParts(59_999) } };
  expect(() => schemaStart({ type: "null" }, options)).toThrow("more than 60,000 parts");
  expect(() => schemaStart(true, options)).not.toThrow();
});

test("an object that holds itself is refused", () => {
  const schema: Record<string, unknown> = { type: "array" };
  schema.items = schema;
  expect(() => schemaStart(schema)).toThrow(GrammarLimitError);
});
