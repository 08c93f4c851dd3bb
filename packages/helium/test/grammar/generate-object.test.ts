import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type as arktype } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  GenerationError,
  ObjectGenerationError,
  UnsupportedGrammarError,
  type GenerateOptions,
} from "@helium-lm/helium";
import { z } from "zod";
import { openNano } from "./nano-grammars.ts";

const prompt = "A town, as JSON: ";

describe("generateObject", () => {
  const nano = openNano();
  const own = {
    get tokenizer() {
      return nano.tokenizer;
    },
  };

  const town = z.object({ name: z.string().max(12), people: z.enum(["few", "many"]), coastal: z.boolean() });

  test("a zod schema: the value has its type, greedy, drawn and tried ahead", async () => {
    for (const more of [{}, { doSample: true, seed: 1 }, { promptLookupNumTokens: 3 }, { numBeams: 2 }]) {
      const value = await nano.model.generateObject({ prompt, schema: town, tokenizer: nano.tokenizer, ...more });
      expectTypeOf(value).toEqualTypeOf<{ name: string; people: "few" | "many"; coastal: boolean }>();
      expect(town.parse(value)).toEqual(value);
      expect(Object.keys(value)).toEqual(["name", "people", "coastal"]);
    }
  });

  test("valibot, with its converter, and arktype", async () => {
    const small = { tokenizer: nano.tokenizer, prompt };
    const byValibot = toStandardJsonSchema(
      v.object({
        colour: v.picklist(["red", "green"]),
        n: v.picklist([1, 2]),
      }),
    );
    const one = await nano.model.generateObject({ ...small, schema: byValibot });
    expectTypeOf(one).toEqualTypeOf<{ colour: "red" | "green"; n: 1 | 2 }>();
    expect(one.n).toBeGreaterThan(0);
    const byArktype = arktype({ colour: "'red' | 'green'", list: "('a' | 'b')[] <= 2" });
    const other = await nano.model.generateObject({ ...small, schema: byArktype });
    expectTypeOf(other).toEqualTypeOf<{ colour: "red" | "green"; list: ("a" | "b")[] }>();
    expect(byArktype.allows(other)).toBe(true);
  });

  test("a schema's own transforms and defaults are made", async () => {
    const schema = z.object({
      count: z.enum(["1", "2"]).transform(Number),
      unit: z.literal("m").transform(() => "metres"),
    });
    const value = await nano.model.generateObject({ prompt, schema, ...own });
    expectTypeOf(value).toEqualTypeOf<{ count: number; unit: string }>();
    expect(value).toEqual({ count: expect.any(Number) as number, unit: "metres" });
  });

  test("a JSON Schema gives a value that ajv finds valid", async () => {
    const schema = {
      type: "object",
      properties: {
        kind: { enum: ["a", "b", null] },
        at: { type: "string", format: "date" },
        list: { type: "array", items: { type: "string", pattern: "^[0-9]{1,3}$" }, minItems: 1, maxItems: 3 },
      },
      required: ["kind", "at", "list"],
      additionalProperties: false,
    };
    const value = await nano.model.generateObject<{ at: string }>({ prompt, schema, ...own, doSample: true, seed: 3 });
    const validate = new Ajv2020({ formats: { date: /^\d{4}-\d{2}-\d{2}$/ } }).compile(schema);
    expect(validate(value)).toBe(true);
    expect(value.at).toMatch(/^\d{4}/);
  });

  test("a prompt that ends in the middle of a token is healed", async () => {
    const schema = z.enum(["blue", "green"]);
    for (const cut of ["The colour:", "The colour: ", "The col", 'say "', "x"]) {
      const value = await nano.model.generateObject({ prompt: cut, schema, ...own });
      expect(["blue", "green"]).toContain(value);
    }
    expect(["blue", "green"]).toContain(await nano.model.generateObject({ prompt: "", schema, ...own }));
  });

  test("messages go through the chat template", async () => {
    const schema = z.object({ ok: z.boolean() });
    const chatTemplate = {
      chatTemplate: "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:",
    };
    const messages = [{ role: "user", content: "Is it?" }];
    const value = await nano.model.generateObject({ messages, chatTemplate, schema, ...own });
    expect(typeof value.ok).toBe("boolean");
  });

  test("a value that is cut off, or fails the schema's own checks, is an error with the text", async () => {
    const caught = (options: object): Promise<unknown> =>
      nano.model.generateObject({ prompt, schema: town, ...own, ...options }).catch((error: unknown) => error);
    const cut = (await caught({ maxNewTokens: 4 })) as ObjectGenerationError;
    expect(cut).toBeInstanceOf(ObjectGenerationError);
    expect(cut.finishReason).toBe("maxLength");
    expect(cut.text.startsWith('{"na')).toBe(true);
    const picky = town.refine(() => false, { message: "never good", path: ["name"] });
    const refused = (await caught({ schema: picky })) as ObjectGenerationError;
    expect(refused).toBeInstanceOf(ObjectGenerationError);
    expect(refused.message).toMatch(/name: never good/);
    expect(refused.issues).toEqual([{ message: "never good" }]);
    expect(town.safeParse(JSON.parse(refused.text)).success).toBe(true);
  });

  test("what cannot be enforced, and calls that make no sense, are refused before anything is computed", async () => {
    const { passes } = nano.model.ownEngine.stats;
    const refused = (options: object): Promise<unknown> =>
      nano.model.generateObject({ prompt, schema: town, ...own, ...options });
    await expect(refused({ schema: { type: "string", format: "no-such-format" } })).rejects.toBeInstanceOf(
      UnsupportedGrammarError,
    );
    await expect(refused({ tokenizer: undefined })).rejects.toThrow(/^tokenizer: is missing/);
    await expect(refused({ messages: [] })).rejects.toThrow(/^prompt: and messages are both given/);
    await expect(refused({ prompt: undefined })).rejects.toThrow(/both missing/);
    await expect(refused({ schema: undefined })).rejects.toThrow(/^schema: is missing/);
    await expect(refused({ grammar: { choice: ["a"] } })).rejects.toBeInstanceOf(GenerationError);
    await expect(refused({ schema: v.object({}) })).rejects.toThrow(/toStandardJsonSchema/);
    expect(nano.model.ownEngine.stats.passes).toBe(passes);
  });

  test("batches of different schemas: each row is what it is alone", async () => {
    const schemas = [
      {
        type: "object",
        properties: { a: { enum: [1, 22, "a text"] } },
        required: ["a"],
        additionalProperties: false,
      },
      { type: "array", items: { enum: ["x", "yy", "zzz"] }, minItems: 2, maxItems: 4 },
      { type: "string", pattern: "^[a-z]{3,6}$" },
      { anyOf: [{ const: { b: [1, 2] } }, { const: "none" }] },
    ];
    const grammar = schemas.map((json) => ({ json, whitespace: "spaced" }) as const);
    const inputIds = schemas.map(() => nano.tokenizer.encode(prompt));
    const base: GenerateOptions = { tokenizer: nano.tokenizer, maxNewTokens: 60, padTokenId: 0 };
    for (const way of [{}, { doSample: true, seed: 9 }, { promptLookupNumTokens: 2 }] as GenerateOptions[]) {
      const batch = await nano.model.generate({ ...base, ...way, inputIds, grammar });
      for (const [row, json] of schemas.entries()) {
        // A seed draws for one prompt; rows of the same prompt draw one after another.
        const first = way.doSample ? row : 0;
        const alone = await nano.model.generate({
          ...base,
          ...way,
          inputIds: inputIds.slice(0, first + 1),
          grammar: grammar.slice(row - first, row + 1),
        });
        const length = inputIds[row]!.length;
        const end = alone.sequences[first]!.length;
        expect(batch.sequences[row]!.slice(0, end)).toEqual(alone.sequences[first]);
        const text = nano.tokenizer.decode(batch.sequences[row]!.slice(length)).replace(/<unk>|<pad>/g, "");
        expect(batch.endedBy[row]).toBe("grammar");
        expect(new Ajv2020().validate(json, JSON.parse(text))).toBe(true);
      }
    }
  });
});
