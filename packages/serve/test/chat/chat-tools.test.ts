import { Ajv } from "ajv";
import OpenAI from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { taggedObjects } from "../../src/chat/formats/tool-call-formats.ts";
import { chatModel } from "./chat-model.ts";
import { formatTemplate } from "./format-template.ts";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

let opened: OpenServer;
let client: OpenAI;

beforeAll(async () => {
  opened = await openServer({
    models: [
      chatModel({ template: formatTemplate(taggedObjects) }),
      chatModel({ id: "no-tools", template: "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}" }),
    ],
  });
  client = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => opened[Symbol.asyncDispose]());

const ajv = new Ajv({ strict: false });

const weather = {
  type: "object",
  properties: { city: { type: "string", maxLength: 8 }, days: { type: "integer", minimum: 1, maximum: 7 } },
  required: ["city", "days"],
};
const tools: OpenAI.ChatCompletionFunctionTool[] = [
  { type: "function", function: { name: "get_weather", description: "The weather.", parameters: weather } },
  { type: "function", function: { name: "now", description: "The time." } },
];
const isWeather = ajv.compile(weather);

const request: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: "helium-chat",
  messages: [{ role: "user", content: "Is it raining in Oslo?" }],
  tools,
  max_completion_tokens: 600,
  // The model would go on to call up to the limit.
  parallel_tool_calls: false,
  seed: 5,
};

const callsOf = ({ choices }: OpenAI.ChatCompletion): OpenAI.ChatCompletionMessageFunctionToolCall[] =>
  choices.flatMap(({ message }) => message.tool_calls ?? []).filter((call) => call.type === "function");

describe.each(["helium-chat", "no-tools"])("tools of %s", (model) => {
  test("required: nothing but calls, each with valid arguments, for every one of several answers", async () => {
    const completion = await client.chat.completions.create({ ...request, model, tool_choice: "required", n: 8 });
    for (const { message, finish_reason: reason } of completion.choices) {
      expect(reason).toBe("tool_calls");
      expect(message.content).toBeNull();
      expect(message.tool_calls?.length).toBeGreaterThan(0);
    }
    const calls = callsOf(completion);
    for (const { id, function: called } of calls) {
      expect(id).toMatch(/^call_/);
      const given: unknown = JSON.parse(called.arguments);
      if (called.name === "now") expect(given).toEqual({});
      else expect([called.name, isWeather(given)]).toEqual(["get_weather", true]);
    }
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  });

  test("a named one: exactly one call even where several are allowed, the same in a stream", async () => {
    const named = {
      ...request,
      model,
      parallel_tool_calls: true,
      tool_choice: { type: "function", function: { name: "get_weather" } },
    } as const;
    const [call, ...more] = callsOf(await client.chat.completions.create(named));
    expect([call?.function.name, more]).toEqual(["get_weather", []]);
    let [streamed, name, reason] = ["", "", ""];
    for await (const { choices } of await client.chat.completions.create({ ...named, stream: true })) {
      const [choice] = choices;
      for (const delta of choice?.delta.tool_calls ?? []) {
        expect(delta.index).toBe(0);
        name += delta.function?.name ?? "";
        streamed += delta.function?.arguments ?? "";
      }
      reason = choice?.finish_reason ?? reason;
    }
    expect({ name, streamed, reason }).toEqual({
      name: "get_weather",
      streamed: call?.function.arguments,
      reason: "tool_calls",
    });
  });

  test("the result goes back, and none means none", async () => {
    const first = await client.chat.completions.create({ ...request, model, tool_choice: "required" });
    const { message } = first.choices[0] ?? {};
    const results = callsOf(first).map(({ id }) => ({ role: "tool" as const, tool_call_id: id, content: "Rain." }));
    const messages = [...request.messages, message as OpenAI.ChatCompletionMessageParam, ...results];
    const next = await client.chat.completions.create({
      ...request,
      model,
      messages,
      tool_choice: "none",
      max_completion_tokens: 12,
    });
    expect(callsOf(next)).toEqual([]);
    expect(next.choices[0]?.message.content).not.toBe("");
  });

  test("auto answers, with or without calls", async () => {
    const { choices } = await client.chat.completions.create({ ...request, model, n: 4, max_completion_tokens: 24 });
    for (const { message } of choices) expect(message.content ?? message.tool_calls).not.toBeNull();
  });
});

describe("helpers of the client", () => {
  const schema = z.object({
    name: z.string().max(8),
    kind: z.enum(["a", "b"]),
    parts: z.array(z.object({ n: z.number().int().min(0).max(9) })).max(2),
    note: z.string().max(4).nullable(),
  });

  test("zodResponseFormat: the answer is parsed", async () => {
    const { tools: _, ...plain } = request;
    const parsed = await client.chat.completions.parse({
      ...plain,
      response_format: zodResponseFormat(schema, "thing"),
    });
    expect(schema.parse(parsed.choices[0]?.message.parsed)).toEqual(parsed.choices[0]?.message.parsed);
  });

  test("zodFunction: the arguments are parsed", async () => {
    const parsed = await client.chat.completions.parse({
      ...request,
      tools: [zodFunction({ name: "make", parameters: schema })],
      tool_choice: "required",
    });
    const calls = parsed.choices[0]?.message.tool_calls ?? [];
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      const { parsed_arguments: value } = (call as unknown as { function: { parsed_arguments: unknown } }).function;
      expect(schema.safeParse(value).success).toBe(true);
    }
  });

  test("a format of the content beside tools: one or the other", async () => {
    const { choices } = await client.chat.completions.create({
      ...request,
      n: 6,
      response_format: { type: "json_schema", json_schema: { name: "w", schema: weather } },
    });
    for (const { message } of choices)
      if (message.tool_calls) expect(message.content).toBeNull();
      else expect(isWeather(JSON.parse(message.content ?? ""))).toBe(true);
  });
});

describe("what cannot be enforced is a 400 that names its field", () => {
  const named = { type: "function", function: { name: "f" } };
  const toolOf = (parameters: object, more: object = {}): object => ({
    tools: [tools[1], { type: "function", function: { name: "f", parameters, ...more } }],
    tool_choice: named,
  });
  const schemaOf = (schema: object): object => ({
    response_format: { type: "json_schema", json_schema: { name: "s", schema } },
  });
  const unique = { type: "array", items: { type: "integer" }, uniqueItems: true };
  const host = { type: "string", format: "idn-hostname" };
  const field = "response_format.json_schema.schema";
  const parameters = "tools.1.function.parameters";
  const nested = Array.from({ length: 3000 }).reduce<object>((inner) => ({ items: inner }), {});

  test.each<[string, object, string, string, string]>([
    ["uniqueItems", schemaOf(unique), field, "unsupported_schema", "uniqueItems"],
    ["a format", schemaOf({ properties: { a: host } }), field, "unsupported_schema", "format"],
    ["an unknown format", schemaOf({ type: "string", format: "colour" }), field, "unsupported_schema", "colour"],
    ["a reference to elsewhere", schemaOf({ $ref: "https://localhost/a" }), field, "unsupported_schema", "$ref"],
    ["a backreference", schemaOf({ type: "string", pattern: "(a)\\1" }), field, "unsupported_schema", "backreference"],
    ["no type", schemaOf({ type: "text" }), field, "unsupported_schema", "type"],
    ["no value", schemaOf({ type: "string", enum: [1] }), field, "invalid_schema", "no text"],
    ["a deep schema", schemaOf(nested), "body", "too_deep", ""],
    ["a forced tool", toolOf({ properties: { a: unique } }), parameters, "unsupported_schema", "uniqueItems"],
    [
      "a strict tool",
      { ...toolOf({ properties: { a: unique } }, { strict: true }), tool_choice: "auto" },
      parameters,
      "unsupported_schema",
      "uniqueItems",
    ],
    ["a regular expression", { structured_outputs: { regex: "(" } }, "structured_outputs.regex", "invalid_schema", ""],
    ["a grammar", { guided_grammar: "root ::= x" }, "guided_grammar", "invalid_schema", "x"],
    [
      "a structural tag",
      { structured_outputs: { structural_tag: "{}" } },
      "structured_outputs.structural_tag",
      "unsupported_parameter",
      "structural_tag",
    ],
  ])("%s", async (_, fields, param, code, word) => {
    const { tools: __, ...plain } = request;
    for (const stream of [false, true]) {
      const { status, body } = await postJson(`${opened.baseUrl}/chat/completions`, { ...plain, ...fields, stream });
      expect({ status, body }).toMatchObject({ status: 400, body: { error: { param, code } } });
      expect(JSON.stringify(body)).toContain(word);
    }
  });

  test("where the model is free to call, and nobody asked for strictness, an object is enough", async () => {
    const fields = { ...toolOf({ properties: { a: unique } }), tool_choice: "auto", max_tokens: 4 };
    const { status } = await postJson(`${opened.baseUrl}/chat/completions`, {
      ...request,
      ...fields,
      max_completion_tokens: undefined,
    });
    expect(status).toBe(200);
  });
});

describe("other constraints", () => {
  const { tools: _, ...plain } = request;
  const textOf = async (fields: object): Promise<string> => {
    const body = { ...plain, ...fields } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    return (await client.chat.completions.create(body)).choices[0]?.message.content ?? "";
  };

  test.each<[string, object, RegExp]>([
    ["structured_outputs.regex", { structured_outputs: { regex: "[0-9]{4}-[0-9]{2}" } }, /^\d{4}-\d\d$/],
    ["structured_outputs.choice", { structured_outputs: { choice: ["yes", "no"] } }, /^(yes|no)$/],
    ["structured_outputs.grammar", { structured_outputs: { grammar: 'root ::= "a" [0-9] "b"' } }, /^a\db$/],
    ["structured_outputs.json", { structured_outputs: { json: '{"enum":["x"]}' } }, /^"x"$/],
    ["guided_regex", { guided_regex: "(ab){2}" }, /^abab$/],
    ["guided_choice", { guided_choice: ["left"] }, /^left$/],
    ["guided_json", { guided_json: { type: "boolean" } }, /^(true|false)$/],
    ["grammar in Lark", { grammar: 'start: "x" /[0-9]/' }, /^x\d$/],
    ["json_schema", { json_schema: { const: 1 } }, /^1$/],
    [
      "json_object with a schema",
      { response_format: { type: "json_object", schema: { const: { a: 1 } } } },
      /^\{"a": 1\}$/,
    ],
  ])("%s", async (__, fields, expected) => {
    expect(await textOf(fields)).toMatch(expected);
  });

  test("two at once are refused", async () => {
    const fields = { guided_choice: ["a"], response_format: { type: "json_object" } };
    const { status } = await postJson(`${opened.baseUrl}/chat/completions`, { ...plain, ...fields });
    expect(status).toBe(400);
  });
});
