import { AutoTokenizer, type Tokenizer } from "@helium-lm/helium";
import { modelEntry, type ServerLog } from "@helium-lm/serve";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import type { ChatCompletionTool } from "openai/resources/chat/completions";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { root } from "../../../../testing/repository.ts";
import { chatModel } from "./chat-model.ts";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

let server: OpenServer;
let client: OpenAI;
let tokenizer: Tokenizer;
const warned: unknown[] = [];
const log: ServerLog = {
  info: () => undefined,
  warn: (facts, message) => warned.push([facts, message]),
  error: () => undefined,
};
beforeAll(async () => {
  const plain = modelEntry("helium-nano", `${root}models/helium-nano`, { threads: 1, engine: { maxTokens: 16_384 } });
  server = await openServer({ models: [chatModel(), plain], log });
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: "none", maxRetries: 0 });
  tokenizer = await AutoTokenizer.fromPretrained(`${root}models/helium-nano`);
});
afterAll(() => server[Symbol.asyncDispose]());

const asked = {
  model: "helium-chat",
  messages: [{ role: "user" as const, content: "Where is Rome?" }],
  temperature: 0,
  max_completion_tokens: 300,
};

const Place = z.object({ city: z.enum(["Rome", "Oslo"]), inhabitants: z.number().int().min(0).max(9_999_999) });

const weather: ChatCompletionTool = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather of a place.",
    parameters: {
      type: "object",
      properties: { place: { type: "string", enum: ["Rome", "Oslo"] } },
      required: ["place"],
      additionalProperties: false,
    },
  },
};

describe("openai's client", () => {
  test("parses what a schema of zod asks for, whole and streamed", async () => {
    const body = { ...asked, response_format: zodResponseFormat(Place, "place") };
    const whole = await client.chat.completions.parse(body);
    const parsed = whole.choices[0]?.message.parsed;
    expect(Place.parse(parsed)).toEqual(parsed);
    const streamed = await client.chat.completions.stream(body).finalChatCompletion();
    expect(streamed.choices[0]?.message.parsed).toEqual(parsed);
  });

  test("gets any object for json_object, and what structured_outputs asks for", async () => {
    const { choices } = await client.chat.completions.create({
      ...asked,
      response_format: { type: "json_object" },
      n: 2,
      temperature: 1,
      seed: 3,
    });
    for (const { message, finish_reason: reason } of choices)
      if (reason === "stop") expect(typeof JSON.parse(message.content ?? "")).toBe("object");
    const extra = { structured_outputs: { regex: "[0-9]{4}" } } as object;
    const { choices: dates } = await client.chat.completions.create({ ...asked, ...extra });
    expect(dates[0]?.message.content?.trim()).toMatch(/^\d{4}$/);
  });

  test("gets forced calls, whole and streamed", async () => {
    const body = {
      ...asked,
      tools: [weather],
      tool_choice: { type: "function" as const, function: { name: "weather" } },
      parallel_tool_calls: false,
    };
    const whole = await client.chat.completions.create(body);
    const [choice] = whole.choices;
    expect(choice?.finish_reason).toBe("tool_calls");
    expect(choice?.message.content).toBe(null);
    const [call] = choice?.message.tool_calls ?? [];
    const made = call?.type === "function" ? call.function : null;
    expect(made?.name).toBe("weather");
    expect(JSON.parse(made?.arguments ?? "")).toEqual({ place: expect.stringMatching(/^(Rome|Oslo)$/) as string });
    const parts: string[] = [];
    const stream = client.chat.completions
      .stream(body)
      .on("tool_calls.function.arguments.delta", ({ arguments_delta: part }) => parts.push(part));
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls).toMatchObject([{ type: "function", function: made }]);
    expect(final.choices[0]?.finish_reason).toBe("tool_calls");
    expect(parts.join("")).toBe(made?.arguments);
  });

  test("gets calls in the older form where it asks in that", async () => {
    const body = {
      ...asked,
      functions: [weather.function],
      function_call: { name: "weather" },
    };
    const { choices } = await client.chat.completions.create(body);
    expect(choices[0]?.finish_reason).toBe("function_call");
    const { function_call: call, tool_calls: calls } = choices[0]?.message ?? {};
    expect(calls).toBe(undefined);
    expect(call?.name).toBe("weather");
    const chunks = await client.chat.completions.create({ ...body, stream: true });
    let text = "";
    for await (const chunk of chunks) text += chunk.choices[0]?.delta.function_call?.arguments ?? "";
    expect(text).toBe(call?.arguments);
  });

  test("is told which schema cannot be enforced, also where it streams", async () => {
    const schema = { type: "object", properties: { a: { type: "no-such-type" } } };
    const body = { ...asked, response_format: { type: "json_schema" as const, json_schema: { name: "a", schema } } };
    for (const stream of [false, true])
      await expect(client.chat.completions.create({ ...body, stream })).rejects.toMatchObject({ status: 400 });
    await expect.poll(() => server.server.admission.running).toBe(0);
  });
});

test("log-probabilities name each token, with its bytes, and the likeliest in its place", async () => {
  const body = { ...asked, max_completion_tokens: 8, logprobs: true, top_logprobs: 3 };
  const { choices, usage } = await client.chat.completions.create(body);
  const { content = null, refusal } = choices[0]?.logprobs ?? {};
  expect(refusal).toBe(null);
  expect(content).toHaveLength(usage?.completion_tokens ?? NaN);
  const bytes = (content ?? []).flatMap((token) => token.bytes ?? []);
  expect(new TextDecoder().decode(Uint8Array.from(bytes)).trimStart()).toBe(choices[0]?.message.content?.trimStart());
  for (const { token, logprob, top_logprobs: top } of content ?? []) {
    expect(top).toHaveLength(3);
    // Greedy: each token is the likeliest.
    expect(top[0]).toMatchObject({ token, logprob });
    expect(top.map((each) => each.logprob)).toEqual(top.map((each) => each.logprob).sort((a, b) => b - a));
  }
  const plain = await client.chat.completions.create({ ...asked, max_completion_tokens: 2, logprobs: true });
  expect(plain.choices[0]?.logprobs?.content?.map((token) => token.top_logprobs)).toEqual([[], []]);
});

test("prompt_logprobs tell of each token of the conversation", async () => {
  const { body } = await postJson(`${server.baseUrl}/chat/completions`, {
    ...asked,
    max_completion_tokens: 1,
    prompt_logprobs: 0,
    return_token_ids: true,
  });
  const { prompt_logprobs: told, prompt_token_ids: ids } = body as {
    prompt_logprobs: (Record<string, { logprob: number }> | null)[];
    prompt_token_ids: number[];
  };
  expect(told[0]).toBe(null);
  expect(told.slice(1).map((at) => Object.keys(at ?? {}))).toEqual(ids.slice(1).map((id) => [String(id)]));
});

test("a model without a template goes on with what was said, line by line, and the log says so once", async () => {
  const { body } = await postJson(`${server.baseUrl}/chat/completions`, {
    model: "helium-nano",
    messages: [
      { role: "system", content: "Once upon a time" },
      { role: "user", content: "there was" },
    ],
    max_tokens: 1,
    return_token_ids: true,
  });
  expect((body as { prompt_token_ids: number[] }).prompt_token_ids).toEqual(
    tokenizer.encode("Once upon a time\nthere was"),
  );
  await postJson(`${server.baseUrl}/chat/completions`, { ...asked, model: "helium-nano", max_completion_tokens: 1 });
  expect(warned).toEqual([
    [{ model: "helium-nano" }, "has no chat template: a chat goes on with its messages, joined by line breaks"],
  ]);
});
