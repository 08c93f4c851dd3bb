import Anthropic, { AuthenticationError, RateLimitError } from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { chatModel } from "../chat/chat-model.ts";
import { openServer } from "../open-server.ts";

const model = "helium-chat";
const messages = [{ role: "user" as const, content: "Hi" }];
const greedy = { temperature: 0 };

test("a stream that fails on the way ends with the error of its API", async () => {
  await using opened = await openServer({ models: [chatModel()] });
  const openai = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: opened.url, apiKey: "none", maxRetries: 0 });
  const ollama = new Ollama({ host: opened.url });
  const streams = [
    await openai.responses.create({ model, input: "Hi", stream: true, max_output_tokens: 900, ...greedy }),
    await anthropic.messages.create({ model, messages, stream: true, max_tokens: 900, ...greedy }),
    await ollama.chat({ model, messages, stream: true, options: { num_predict: 900, ...greedy } }),
  ] as const;
  const [responses, anthropicEvents, ollamaLines] = streams.map((stream) =>
    (stream as AsyncIterable<unknown>)[Symbol.asyncIterator](),
  ) as [AsyncIterator<unknown>, AsyncIterator<unknown>, AsyncIterator<unknown>];
  for (const stream of [responses, anthropicEvents, ollamaLines]) expect((await stream.next()).done).toBe(false);
  opened.server.dispose();

  const events: { readonly type: string; readonly response?: unknown }[] = [];
  for (let next = await responses.next(); next.done !== true; next = await responses.next())
    events.push(next.value as (typeof events)[number]);
  expect(events.at(-1)).toMatchObject({
    type: "response.failed",
    response: {
      status: "failed",
      error: { code: "server_error", message: expect.stringMatching(/^server: /) as string },
    },
  });
  const rest = async (stream: AsyncIterator<unknown>): Promise<void> => {
    for (let next = await stream.next(); next.done !== true; next = await stream.next());
  };
  await expect(rest(anthropicEvents)).rejects.toMatchObject({
    error: {
      type: "error",
      error: { type: "overloaded_error", message: expect.stringMatching(/^server: /) as string },
    },
  });
  await expect(rest(ollamaLines)).rejects.toThrow(/^server: /);
  await expect.poll(() => opened.server.admission.running).toBe(0);
});

test("keys are asked for in the words of each API", async () => {
  await using opened = await openServer({ models: [chatModel()], apiKeys: ["sesame"] });
  const client = (apiKey: string): Anthropic => new Anthropic({ baseURL: opened.url, apiKey, maxRetries: 0 });
  expect((await client("sesame").messages.countTokens({ model, messages })).input_tokens).toBeGreaterThan(0);
  await expect(client("wrong").messages.countTokens({ model, messages })).rejects.toBeInstanceOf(AuthenticationError);
  await expect(client("wrong").messages.countTokens({ model, messages })).rejects.toMatchObject({
    type: "authentication_error",
  });
  const ollama = new Ollama({ host: opened.url });
  await expect(ollama.chat({ model, messages })).rejects.toMatchObject({
    status_code: 401,
    error: expect.stringMatching(/^API key: is missing/) as string,
  });
  const known = new Ollama({ host: opened.url, headers: { authorization: "Bearer sesame" } });
  expect((await known.list()).models).toHaveLength(1);
  const openai = new OpenAI({ baseURL: opened.baseUrl, apiKey: "wrong", maxRetries: 0 });
  await expect(openai.responses.create({ model, input: "Hi" })).rejects.toMatchObject({
    status: 401,
    code: "invalid_api_key",
  });
});

test("a full queue is a rate limit, with the time to wait", async () => {
  await using opened = await openServer({ models: [chatModel()], maxSequences: 1, maxWaiting: 0 });
  const anthropic = new Anthropic({ baseURL: opened.url, apiKey: "none", maxRetries: 0 });
  // Greedy: a drawn text may end before the others are asked for.
  const running = await anthropic.messages.create({ model, messages, stream: true, max_tokens: 900, ...greedy });
  const second = anthropic.messages.create({ model, messages, max_tokens: 1 });
  await expect(second).rejects.toBeInstanceOf(RateLimitError);
  await expect(second).rejects.toMatchObject({ status: 429, type: "rate_limit_error" });
  await expect(new Ollama({ host: opened.url }).chat({ model, messages })).rejects.toMatchObject({ status_code: 429 });
  running.controller.abort();
  await expect.poll(() => opened.server.admission.running).toBe(0);
});
