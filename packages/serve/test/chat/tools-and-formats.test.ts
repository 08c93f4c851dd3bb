import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatModel } from "./chat-model.ts";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

const turns = `{%- for message in messages -%}
<{{ message.role }}>{{ message.content }}
{%- for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}
{% endfor -%}`;

/** A template that shows how calls are written. */
const withTools = `{%- if tools %}<tools>{{ tools | tojson }}</tools>, <tool_call>{"name": "", "arguments": {}}</tool_call>
{% endif -%}
${turns}
{%- if add_generation_prompt %}<assistant>{% endif %}`;

/** A template that has the model think before it answers, where it is asked to. */
const withThoughts = `${turns}
{%- if add_generation_prompt %}<assistant>{% if enable_thinking %}<think>{% else %}<think></think>{% endif %}{% endif %}`;

const parameters = {
  type: "object" as const,
  properties: {
    unit: { type: "string", enum: ["celsius", "kelvin"] },
    days: { type: "integer", minimum: 1, maximum: 7 },
  },
  required: ["unit", "days"],
  additionalProperties: false,
};
const question = "Will it rain?";
const isWeather = (value: unknown): boolean => {
  const { unit, days } = value as { unit: string; days: number };
  return ["celsius", "kelvin"].includes(unit) && Number.isInteger(days) && days >= 1 && days <= 7;
};

let opened: OpenServer;
let openai: OpenAI;
let anthropic: Anthropic;
let ollama: Ollama;

beforeAll(async () => {
  opened = await openServer({
    models: [chatModel({ template: withTools }), chatModel({ id: "helium-thinks", template: withThoughts })],
  });
  openai = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: opened.url, apiKey: "none", maxRetries: 0 });
  ollama = new Ollama({ host: opened.url });
});
afterAll(async () => opened[Symbol.asyncDispose]());

const model = "helium-chat";
const thinker = "helium-thinks";

describe("responses", () => {
  const tools: OpenAI.Responses.FunctionTool[] = [
    { type: "function", name: "get_weather", description: "The weather.", parameters, strict: true },
    { type: "function", name: "get_time", parameters: { type: "object", properties: {} }, strict: false },
  ];
  const request = { model, input: question, tools, temperature: 0 };
  const named = { type: "function", name: "get_weather" } as const;

  test("a named function is called, with arguments of its schema", async () => {
    const response = await openai.responses.create({ ...request, tool_choice: named, parallel_tool_calls: false });
    expect(response.status).toBe("completed");
    const call = response.output.find((item) => item.type === "function_call");
    expect(call).toMatchObject({ name: "get_weather", status: "completed", call_id: expect.any(String) as string });
    expect(isWeather(JSON.parse(call?.arguments ?? ""))).toBe(true);
  });

  test("a call streams with its events in order, and as the client's helper joins them", async () => {
    const types: string[] = [];
    const stream = openai.responses.stream({ ...request, tool_choice: named, parallel_tool_calls: false });
    for await (const { type } of stream) types.push(type);
    const deltas = types.filter((type) => type === "response.function_call_arguments.delta");
    expect(deltas.length).toBeGreaterThan(0);
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      ...deltas,
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const { output } = await stream.finalResponse();
    expect(output).toMatchObject([{ type: "function_call", name: "get_weather" }]);
    const [call] = output;
    expect(call?.type === "function_call" && isWeather(JSON.parse(call.arguments))).toBe(true);
  });

  test("an answer goes back with its results", async () => {
    const { output } = await openai.responses.create({
      ...request,
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    const results = output.flatMap((item) =>
      item.type === "function_call"
        ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "Rain." }]
        : [],
    );
    expect(results).toHaveLength(1);
    const input = [{ role: "user", content: question }, ...output, ...results] as OpenAI.Responses.ResponseInput;
    const next = await openai.responses.create({ ...request, input, tool_choice: "none", max_output_tokens: 8 });
    expect(next.output.map(({ type }) => type)).toEqual(["message"]);
  });

  test("allowed tools are the only ones", async () => {
    const { output } = await openai.responses.create({
      ...request,
      tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "get_time" }] },
      parallel_tool_calls: false,
    });
    expect(output).toMatchObject([{ type: "function_call", name: "get_time" }]);
  });

  test("a text is held to its schema, whole and in pieces", async () => {
    const text = { format: { type: "json_schema", name: "weather", schema: parameters, strict: true } } as const;
    const response = await openai.responses.create({ model, input: question, temperature: 0, text });
    expect(isWeather(JSON.parse(response.output_text))).toBe(true);
    const streamed = await openai.responses.stream({ model, input: question, temperature: 0, text }).finalResponse();
    expect(streamed.output_text).toBe(response.output_text);
  });

  test("thoughts are an item of their own, with their events in order", async () => {
    const thinking = {
      model: thinker,
      input: question,
      temperature: 0,
      max_output_tokens: 10,
      reasoning: { effort: "low" },
    } as const;
    const types: string[] = [];
    for await (const { type } of await openai.responses.create({ ...thinking, stream: true })) types.push(type);
    const deltas = types.filter((type) => type === "response.reasoning_text.delta");
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      ...deltas,
      "response.reasoning_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.incomplete",
    ]);
    const { output, usage } = await openai.responses.create(thinking);
    expect(output).toMatchObject([{ type: "reasoning", content: [{ type: "reasoning_text" }], status: "incomplete" }]);
    // The text of the last token may be held back: it could begin the mark that ends thoughts.
    expect(usage?.output_tokens_details.reasoning_tokens).toBeGreaterThanOrEqual(9);
  });

  test.each([
    [{ tools: [], tool_choice: "required" }, "tool_choice"],
    [{ tool_choice: { type: "function", name: "no" } }, "tool_choice"],
    [{ tools: [{ ...tools[0], parameters: { type: "nonsense" } }], tool_choice: "required" }, "tools.0.parameters"],
    [{ text: { format: { type: "json_schema", name: "a", schema: { type: "nonsense" } } } }, "text.format.schema"],
  ])("%j is refused by name", async (fields, param) => {
    const { status, body } = await postJson(`${opened.baseUrl}/responses`, { ...request, ...fields });
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { param } } });
  });
});

describe("messages", () => {
  const tools: Anthropic.Tool[] = [
    { name: "get_weather", description: "The weather.", input_schema: parameters },
    { name: "get_time", input_schema: { type: "object", properties: {} } },
  ];
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: question }];
  const request = { model, messages, tools, max_tokens: 120, temperature: 0 };
  const named = { type: "tool", name: "get_weather", disable_parallel_tool_use: true } as const;

  test("a named tool is used, with input of its schema, whole and in pieces", async () => {
    const message = await anthropic.messages.create({ ...request, tool_choice: named });
    expect(message).toMatchObject({ stop_reason: "tool_use", content: [{ type: "tool_use", name: "get_weather" }] });
    const [block] = message.content;
    const input = block?.type === "tool_use" ? block.input : null;
    expect(isWeather(input)).toBe(true);
    const final = await anthropic.messages.stream({ ...request, tool_choice: named }).finalMessage();
    expect(final).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "tool_use", name: "get_weather", input }],
    });
  });

  test("an answer goes back with its results", async () => {
    const { content } = await anthropic.messages.create({
      ...request,
      tool_choice: { type: "any", disable_parallel_tool_use: true },
    });
    const results = content.flatMap((block) =>
      block.type === "tool_use" ? [{ type: "tool_result" as const, tool_use_id: block.id, content: "Rain." }] : [],
    );
    expect(results).toHaveLength(1);
    const next = await anthropic.messages.create({
      ...request,
      max_tokens: 8,
      messages: [...messages, { role: "assistant", content }, { role: "user", content: results }],
      tool_choice: { type: "none" },
    });
    expect(next.content.map(({ type }) => type)).toEqual(["text"]);
  });

  test("a text is held to its schema", async () => {
    const { tools: _, ...plain } = request;
    const message = await anthropic.messages.create({
      ...plain,
      output_config: { format: { type: "json_schema", schema: parameters } },
    });
    const [block] = message.content;
    expect(message.stop_reason).toBe("end_turn");
    expect(isWeather(JSON.parse(block?.type === "text" ? block.text : ""))).toBe(true);
  });

  test("thoughts are a block of their own", async () => {
    const thinking = {
      model: thinker,
      messages,
      max_tokens: 10,
      temperature: 0,
      thinking: { type: "adaptive" as const },
    };
    const message = await anthropic.messages.create(thinking);
    expect(message).toMatchObject({ content: [{ type: "thinking" }], stop_reason: "max_tokens" });
    const final = await anthropic.messages.stream(thinking).finalMessage();
    expect(final.content).toEqual(message.content);
    expect(message.usage.output_tokens_details?.thinking_tokens).toBeGreaterThanOrEqual(9);
  });

  test.each([
    [{ tools: [], tool_choice: { type: "any" } }, "tool_choice"],
    [{ tool_choice: { type: "tool", name: "no" } }, "tool_choice"],
    [
      { tools: [{ name: "f", input_schema: { type: "nonsense" } }], tool_choice: { type: "any" } },
      "tools.0.input_schema",
    ],
    [{ output_config: { format: { type: "json_schema", schema: { type: 5 } } } }, "output_config.format.schema"],
  ])("%j is refused by name", async (fields, param) => {
    const { status, body } = await postJson(`${opened.url}/v1/messages`, { ...request, ...fields });
    expect({ status, body }).toMatchObject({ status: 400, body: { type: "error", error: { param } } });
  });
});

describe("ollama", () => {
  const messages = [{ role: "user", content: question }];
  const options = { temperature: 0, num_predict: 100 };

  test("a text is held to its schema, and to JSON", async () => {
    const { message } = await ollama.chat({ model, messages, format: parameters, options });
    expect(isWeather(JSON.parse(message.content))).toBe(true);
    const { response = "" } = await ollama.generate({ model, prompt: question, format: parameters, options });
    expect(isWeather(JSON.parse(response))).toBe(true);
    const raw = await ollama.generate({ model, prompt: question, raw: true, format: parameters, options });
    expect(isWeather(JSON.parse(raw.response ?? ""))).toBe(true);
    const cut = await ollama.chat({ model, messages, format: "json", options: { ...options, num_predict: 5 } });
    expect(cut.message.content.trimStart()).toMatch(/^\{/);
  });

  test("thoughts are told apart", async () => {
    const thinking = { model: thinker, messages, think: true, options: { ...options, num_predict: 10 } };
    const { message } = await ollama.chat(thinking);
    expect(message.content).toBe("");
    expect(message.thinking).not.toBe("");
    let streamed = "";
    for await (const line of await ollama.chat({ ...thinking, stream: true })) streamed += line.message.thinking ?? "";
    expect(streamed).toBe(message.thinking);
    const generated = await ollama.generate({
      model: thinker,
      prompt: question,
      think: true,
      options: thinking.options,
    });
    expect(generated.thinking).toBe(message.thinking);
    expect((await ollama.show({ model: thinker })).capabilities).toContain("thinking");
  });

  test("calls and their results are taken back", async () => {
    const tools = [{ type: "function", function: { name: "get_weather", description: "The weather.", parameters } }];
    const answered = await ollama.chat({
      model,
      messages: [
        ...messages,
        { role: "assistant", content: "", tool_calls: [{ function: { name: "get_weather", arguments: { days: 1 } } }] },
        { role: "tool", tool_name: "get_weather", content: "Rain." },
      ],
      tools,
      options: { ...options, num_predict: 5 },
    });
    expect(answered).toMatchObject({ done: true, eval_count: 5 });
  });
});
