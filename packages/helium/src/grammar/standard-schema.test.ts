import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type as arktype } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { GrammarError } from "../errors.ts";
import { isStandardSchema, jsonSchemaOf, type InferOutput } from "./standard-schema.ts";

const zodPerson = z.object({ name: z.string().max(20), age: z.int().min(0).optional() });
const valibotPerson = v.object({
  name: v.pipe(v.string(), v.maxLength(20)),
  age: v.optional(v.pipe(v.number(), v.integer())),
});
const arktypePerson = arktype({ name: "string <= 20", "age?": "number.integer >= 0" });

const person = {
  type: "object",
  properties: { name: { type: "string", maxLength: 20 }, age: { type: "integer" } },
  required: ["name"],
  additionalProperties: false,
};

describe("schemas of libraries", () => {
  test("are told from JSON Schemas", () => {
    for (const schema of [zodPerson, valibotPerson, arktypePerson]) expect(isStandardSchema(schema)).toBe(true);
    for (const schema of [{ type: "object" }, true, null, undefined, "string", [], () => 1, { "~standard": 1 }])
      expect(isStandardSchema(schema)).toBe(false);
  });

  test.each([
    ["zod", zodPerson],
    ["arktype", arktypePerson],
    ["valibot, with its converter", toStandardJsonSchema(valibotPerson)],
  ])("%s gives its JSON Schema, with closed objects", (_, schema) => {
    expect(jsonSchemaOf(schema)).toMatchObject(person);
  });

  test("without a JSON Schema the error says how to get one", () => {
    expect(() => jsonSchemaOf(valibotPerson)).toThrow(GrammarError);
    expect(() => jsonSchemaOf(valibotPerson)).toThrow(/toStandardJsonSchema\(schema\) of @valibot\/to-json-schema/);
    const odd = { "~standard": { version: 1, vendor: "mine", validate: (value: unknown) => ({ value }) } };
    expect(() => jsonSchemaOf(odd)).toThrow(/is of mine.*give it as JSON Schema/);
  });

  test("what JSON Schema has no words for is an error with the library's reason", () => {
    expect(() => jsonSchemaOf(z.object({ at: z.date() }))).toThrow(/zod, which has no JSON Schema for it/);
  });

  test("a transform is described by what goes in", () => {
    const schema = z.object({ count: z.string().transform(Number), kind: z.string().default("plain") });
    expect(jsonSchemaOf(schema)).toMatchObject({ properties: { count: { type: "string" } }, required: ["count"] });
    expectTypeOf<InferOutput<typeof schema>>().toEqualTypeOf<{ count: number; kind: string }>();
  });

  test("objects are closed wherever they stand, but not under allOf, and not where the schema says otherwise", () => {
    const inner = z.object({ default: z.string(), properties: z.object({ a: z.number() }) });
    const given = jsonSchemaOf(z.object({ list: z.array(inner), loose: z.looseObject({ b: z.string() }) }));
    expect(given).toMatchObject({
      additionalProperties: false,
      properties: {
        list: {
          items: {
            additionalProperties: false,
            properties: { default: { type: "string" }, properties: { additionalProperties: false } },
          },
        },
        loose: { additionalProperties: {} },
      },
    });
    const allOf = [
      { type: "object", properties: { a: {} } },
      { type: "object", properties: { b: {} } },
    ];
    const jsonSchema = { input: () => ({ allOf }), output: () => ({ allOf }) };
    const both = { "~standard": { version: 1, vendor: "mine", validate: (value: unknown) => ({ value }), jsonSchema } };
    expect(jsonSchemaOf(both)).toEqual({ allOf });
  });

  test("types follow the schema", () => {
    expectTypeOf<InferOutput<typeof zodPerson>>().toEqualTypeOf<{ name: string; age?: number | undefined }>();
    expectTypeOf<InferOutput<typeof arktypePerson>>().toEqualTypeOf<{ name: string; age?: number }>();
    expectTypeOf<InferOutput<typeof valibotPerson>>().toEqualTypeOf<{ name: string; age?: number | undefined }>();
  });
});
