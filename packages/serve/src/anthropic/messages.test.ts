import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chatModel } from "../../test/chat/chat-model.ts";
import { openServer, type OpenServer } from "../../test/open-server.ts";
import { postJson } from "../../test/post-json.ts";

let opened: OpenServer;
let client: Anthropic;

beforeAll(async () => {
  opened = await openServer({ models: [chatModel()] });
  client = new Anthropic({ baseURL: opened.url, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => opened[Symbol.asyncDispose]());

const messages: Anthropic.MessageParam[] = [{ role: "user", content: "How do I print a page?" }];
// The client's types have no sampling any more; servers still take it.
const request = { model: "helium-chat", max_tokens: 12, messages, temperature: 0 };

const textOf = (message: Anthropic.Message): string =>
  message.content.map((block) => (block.type === "text" ? block.text : "")).join("");

test("a message that runs into its limit says so, and what it cost", async () => {
  const message = await client.messages.create(request);
  expect(message).toMatchObject({
    type: "message",
    role: "assistant",
    model: "helium-chat",
    content: [{ type: "text" }],
    stop_reason: "max_tokens",
    stop_sequence: null,
    usage: { output_tokens: 12 },
  });
  expect(textOf(message)).not.toBe("");
  expect(message._request_id).toMatch(/^req-/);
  const { input_tokens: input, cache_read_input_tokens: cached } = message.usage;
  expect(await client.messages.countTokens({ model: request.model, messages })).toEqual({
    input_tokens: input + (cached ?? 0),
  });
});

test("a stream has all events in their order, and joins to the unstreamed message", async () => {
  const whole = await client.messages.create(request);
  const raw = await fetch(`${opened.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ ...request, stream: true }),
  });
  expect(raw.headers.get("content-type")).toContain("text/event-stream");
  const events = (await raw.text())
    .split("\n\n")
    .filter((part) => part !== "")
    .map((part) => /^event: (.*)\ndata: (.*)$/.exec(part))
    .map((match) => [match?.[1], JSON.parse(match?.[2] ?? "null") as Record<string, unknown>] as const);
  for (const [name, data] of events) expect(data.type).toBe(name);
  const names = events.map(([name]) => name);
  const deltas = names.filter((name) => name === "content_block_delta");
  expect(names).toEqual([
    "message_start",
    "ping",
    "content_block_start",
    ...deltas,
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
  expect(deltas.length).toBeGreaterThan(3);
  const text = events.map(([, { delta }]) => (delta as { readonly text?: string } | undefined)?.text ?? "").join("");
  expect(text).toBe(textOf(whole));
  expect(events[0]?.[1].message).toMatchObject({ content: [], stop_reason: null, usage: { output_tokens: 1 } });
  expect(events.at(-2)?.[1]).toMatchObject({ delta: { stop_reason: "max_tokens" }, usage: { output_tokens: 12 } });
});

test("the client's own stream helper puts the same message together", async () => {
  const whole = await client.messages.create(request);
  const stream = client.messages.stream(request);
  const pieces: string[] = [];
  stream.on("text", (piece) => pieces.push(piece));
  const final = await stream.finalMessage();
  expect(textOf(final)).toBe(textOf(whole));
  expect(pieces.join("")).toBe(textOf(whole));
  expect(final).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 12 } });
});

test("a stop sequence ends a message and is named", async () => {
  const text = textOf(await client.messages.create(request));
  const stop = text.slice(6, 10);
  const message = await client.messages.create({ ...request, stop_sequences: ["never", stop] });
  expect(message).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: stop });
  expect(textOf(message)).toBe(text.slice(0, text.indexOf(stop)));
  const final = await client.messages.stream({ ...request, stop_sequences: ["never", stop] }).finalMessage();
  expect(final).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: stop });
  expect(textOf(final)).toBe(textOf(message));
});

test("more tokens than the context holds end with it, and the reason says so", async () => {
  const content = "and so on ".repeat(120);
  const message = await client.messages.create({
    ...request,
    messages: [{ role: "user", content }],
    max_tokens: 10_000,
  });
  const { input_tokens: input, cache_read_input_tokens: cached, output_tokens: output } = message.usage;
  expect(message.stop_reason).toBe("model_context_window_exceeded");
  expect(input + (cached ?? 0) + output).toBe(1024);
});

test("an answer that the client has begun is gone on with", async () => {
  const begun = "The first page";
  const counted = await client.messages.countTokens({
    model: request.model,
    messages: [...messages, { role: "assistant", content: begun }],
  });
  const { body } = await postJson(`${opened.url}/tokenize`, {
    messages: [...messages, { role: "assistant", content: begun }],
    continue_final_message: true,
  });
  expect(body).toMatchObject({ count: counted.input_tokens });
});

test("a second request finds the first one's prompt", async () => {
  const content = "the same words again and again ".repeat(30);
  const long = { ...request, messages: [{ role: "user" as const, content }] };
  await client.messages.create(long);
  const { usage } = await client.messages.create(long);
  const { input_tokens: total } = await client.messages.countTokens({ model: request.model, messages: long.messages });
  expect(usage.cache_read_input_tokens).toBeGreaterThan(16);
  expect(usage.input_tokens + (usage.cache_read_input_tokens ?? 0)).toBe(total);
  const streamed = await client.messages.stream(long).finalMessage();
  expect(streamed.usage.cache_read_input_tokens).toBeGreaterThan(16);
});

test("a client that hangs up gives its place back", async () => {
  const stream = client.messages.stream({ ...request, max_tokens: 600 });
  await expect(
    (async () => {
      for await (const event of stream) if (event.type === "content_block_delta") stream.abort();
    })(),
  ).rejects.toThrow(/abort/);
  await expect.poll(() => opened.server.admission.running).toBe(0);
});

test("errors have Anthropic's form, and its names", async () => {
  await expect(client.messages.create({ ...request, model: "claude-0" })).rejects.toMatchObject({
    status: 404,
    type: "not_found_error",
    error: {
      type: "error",
      error: { type: "not_found_error", message: expect.stringContaining("claude-0") as string },
    },
  });
  await expect(client.messages.create({ ...request, max_tokens: 0 })).rejects.toMatchObject({
    status: 400,
    type: "invalid_request_error",
    requestID: expect.stringMatching(/^req-/) as string,
  });
});

const user = { role: "user", content: "a" };
const use = { type: "tool_use", id: "t1", name: "f", input: {} };
const bad: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ max_tokens: undefined }, "max_tokens"],
  [{ max_tokens: "many" }, "max_tokens"],
  [{ messages: undefined }, "messages"],
  [{ messages: [] }, "messages"],
  [{ messages: [{ role: "tool", content: "a" }] }, "messages.0.role"],
  [{ messages: [{ role: "user", content: 5 }] }, "messages.0.content"],
  [{ messages: [{ role: "user", content: [{ type: "image", source: {} }] }] }, "messages.0.content.0.type"],
  [{ messages: [{ role: "user", content: [{ type: "document", source: {} }] }] }, "messages.0.content.0.type"],
  [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages.0.content.0.text"],
  [{ messages: [user, { role: "assistant", content: [{ ...use, input: "{}" }] }] }, "messages.1.content.0.input"],
  [{ messages: [user, { role: "assistant", content: [{ type: "redacted_thinking" }] }] }, "messages.1.content.0.type"],
  [{ messages: [{ role: "user", content: [{ type: "tool_result" }] }] }, "messages.0.content.0.tool_use_id"],
  [
    { messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t9" }] }] },
    "messages.0.content.0.tool_use_id",
  ],
  [{ messages: [{ role: "user", content: "far too long ".repeat(800) }] }, "messages"],
  [{ system: [{ type: "image" }] }, "system.0.type"],
  [{ tools: [{ name: "f" }] }, "tools.0.input_schema"],
  [{ tools: [{ name: "bash", type: "bash_20250124" }] }, "tools.0.type"],
  [{ tool_choice: { type: "tool" } }, "tool_choice.name"],
  [{ tool_choice: { type: "maybe" } }, "tool_choice.type"],
  [{ tool_choice: "any" }, "tool_choice"],
  [{ stop_sequences: [""] }, "stop_sequences.0"],
  [{ stop_sequences: "a" }, "stop_sequences"],
  [{ temperature: -1 }, "temperature"],
  [{ top_k: 1.5 }, "top_k"],
  [{ top_p: 2 }, "top_p"],
  [{ thinking: { type: "always" } }, "thinking.type"],
  [{ output_config: { format: { type: "json" } } }, "output_config.format.type"],
  [{ output_format: { type: "json_schema" } }, "output_format.schema"],
  [{ container: "c1" }, "container"],
  [{ mcp_servers: [{ url: "x" }] }, "mcp_servers"],
  [{ stream: "yes" }, "stream"],
];

test.each(bad)("%j is refused by name", async (fields, param) => {
  const { status, body } = await postJson(`${opened.url}/v1/messages`, { ...request, ...fields });
  expect({ status, body }).toMatchObject({
    status: 400,
    body: {
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining(param) as string, param },
      request_id: expect.stringMatching(/^req-/) as string,
    },
  });
});

test.each(["", "{", "[]", "null", "5"])("the body %j is refused", async (body) => {
  const answered = await postJson(`${opened.url}/v1/messages`, body);
  expect(answered).toMatchObject({ status: 400, body: { type: "error", error: { type: "invalid_request_error" } } });
});
