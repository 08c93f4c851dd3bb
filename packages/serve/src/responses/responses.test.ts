import OpenAI from "openai";
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chatModel } from "../../test/chat/chat-model.ts";
import { openServer, type OpenServer } from "../../test/open-server.ts";

let opened: OpenServer;
let client: OpenAI;

beforeAll(async () => {
  opened = await openServer({ models: [chatModel()] });
  client = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => opened[Symbol.asyncDispose]());

const request = { model: "helium-chat", input: "How do I print a page?", temperature: 0, max_output_tokens: 12 };

async function eventsOf(body: OpenAI.Responses.ResponseCreateParamsNonStreaming): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({ ...body, stream: true })) events.push(event);
  return events;
}

test("a response that runs into its limit says so, and what it cost", async () => {
  const response = await client.responses.create(request);
  expect(response).toMatchObject({
    object: "response",
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
    error: null,
    model: "helium-chat",
    max_output_tokens: 12,
    temperature: 0,
    text: { format: { type: "text" } },
    truncation: "disabled",
    store: false,
    output: [
      { type: "message", role: "assistant", status: "incomplete", content: [{ type: "output_text", annotations: [] }] },
    ],
    usage: { output_tokens: 12, output_tokens_details: { reasoning_tokens: 0 } },
  });
  expect(response.output_text).not.toBe("");
  const { input_tokens: input = 0, total_tokens: total } = response.usage ?? {};
  expect(input).toBeGreaterThan(5);
  expect(total).toBe(input + 12);
  expect(await client.responses.inputTokens.count({ model: request.model, input: request.input })).toEqual({
    object: "response.input_tokens",
    input_tokens: input,
  });
});

test("a tool that is named is called once, whatever parallel_tool_calls allows", async () => {
  const { output, status } = await client.responses.create({
    ...request,
    max_output_tokens: 600,
    parallel_tool_calls: true,
    tools: [{ type: "function", name: "now", description: "The time.", parameters: { type: "object" }, strict: false }],
    tool_choice: { type: "function", name: "now" },
  });
  expect([status, output.map((item) => item.type === "function_call" && item.name)]).toEqual(["completed", ["now"]]);
});

test("a stream has all events in their order, and joins to the unstreamed answer", async () => {
  const whole = await client.responses.create(request);
  const events = await eventsOf(request);
  const types = events.map(({ type }) => type);
  const deltas = types.filter((type) => type === "response.output_text.delta");
  expect(types).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    ...deltas,
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.incomplete",
  ]);
  expect(deltas.length).toBeGreaterThan(3);
  expect(events.map(({ sequence_number: at }) => at)).toEqual(events.map((_, at) => at));
  const text = events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
  expect(text).toBe(whole.output_text);
  for (const event of events) {
    if (event.type === "response.output_text.done") expect(event.text).toBe(text);
    if (event.type === "response.created") expect(event.response).toMatchObject({ status: "in_progress", output: [] });
    if (event.type === "response.output_item.added") expect(event.item).toMatchObject({ status: "in_progress" });
    if (event.type === "response.content_part.added") expect(event.part).toMatchObject({ text: "" });
    if (event.type === "response.incomplete")
      expect(event.response.output).toMatchObject([{ content: [{ text }], status: "incomplete" }]);
  }
});

test("the client's own stream helper puts the same response together", async () => {
  const whole = await client.responses.create(request);
  const final = await client.responses.stream(request).finalResponse();
  expect(final.output_text).toBe(whole.output_text);
  expect(final.usage?.output_tokens).toBe(12);
});

test("instructions and items make the same prompt as the messages they stand for", async () => {
  const items: OpenAI.Responses.ResponseInput = [
    { role: "developer", content: "Be short." },
    { role: "user", content: [{ type: "input_text", text: "Hello" }] },
    {
      type: "message",
      id: "msg_1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Hi.", annotations: [] }],
    },
    { role: "user", content: "Print" },
  ];
  const counted = await client.responses.inputTokens.count({ instructions: "You help.", input: items });
  const applied = await fetch(`${opened.url}/apply-template`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      messages: [
        { role: "system", content: "You help.\n\nBe short." },
        { role: "user", content: "Hello" },
        { role: "assistant", content: "Hi." },
        { role: "user", content: "Print" },
      ],
    }),
  });
  const { prompt } = (await applied.json()) as { prompt: string };
  const tokenized = await fetch(`${opened.url}/tokenize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt, add_special_tokens: false }),
  });
  expect(await tokenized.json()).toMatchObject({ count: counted.input_tokens });
});

test("log-probabilities come with include, as many alternatives as asked for", async () => {
  const response = await client.responses.create({
    ...request,
    include: ["message.output_text.logprobs"],
    top_logprobs: 2,
  });
  const [item] = response.output;
  const part = item?.type === "message" ? item.content[0] : undefined;
  const logprobs = part?.type === "output_text" ? (part.logprobs ?? []) : [];
  expect(logprobs).toHaveLength(12);
  const bytes = logprobs.flatMap((each) => each.bytes);
  expect(new TextDecoder().decode(Uint8Array.from(bytes)).trimStart()).toBe(response.output_text.trimStart());
  for (const { token, logprob, top_logprobs: top } of logprobs) {
    expect(top).toHaveLength(2);
    // Greedy: the token is the likeliest.
    expect(top[0]).toMatchObject({ token, logprob });
    expect(top[1]?.logprob).toBeLessThanOrEqual(logprob);
  }
  const streamed = (await eventsOf({ ...request, include: ["message.output_text.logprobs"] })).flatMap((event) =>
    event.type === "response.output_text.delta" ? event.logprobs : [],
  );
  expect(streamed.map(({ token }) => token)).toEqual(logprobs.map(({ token }) => token));
});

test("a second request finds the first one's prompt", async () => {
  const input = "the same words again and again ".repeat(30);
  await client.responses.create({ ...request, input });
  const { usage } = await client.responses.create({ ...request, input });
  expect(usage?.input_tokens_details.cached_tokens).toBeGreaterThan(16);
  expect(usage?.input_tokens_details.cached_tokens).toBeLessThanOrEqual(usage?.input_tokens ?? 0);
});

test("a client that hangs up gives its place back", async () => {
  const stream = await client.responses.create({ ...request, max_output_tokens: 600, stream: true });
  for await (const event of stream) if (event.type === "response.output_text.delta") break;
  await expect.poll(() => opened.server.admission.running).toBe(0);
});

test("nothing is stored", async () => {
  const { id } = await client.responses.create({ ...request, store: true });
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404, code: "response_not_found" });
  await expect(client.responses.delete(id)).rejects.toMatchObject({ status: 404 });
  await expect(client.responses.inputItems.list(id)).rejects.toMatchObject({ status: 404 });
});

const user = { role: "user", content: "a" };
const bad: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ previous_response_id: "resp_1" }, "previous_response_id"],
  [{ conversation: "conv_1" }, "conversation"],
  [{ prompt: { id: "pmpt_1" } }, "prompt"],
  [{ background: true }, "background"],
  [{ truncation: "auto" }, "truncation"],
  [{ truncation: "middle" }, "truncation"],
  [{ include: ["all"] }, "include.0"],
  [{ input: 5 }, "input"],
  [{ input: [] }, "input"],
  [{ input: null }, "input"],
  [{ input: [5] }, "input"],
  [{ input: [{ type: "item_reference", id: "msg_1" }] }, "input.0.type"],
  [{ input: [user, { type: "__proto__" }] }, "input.1.type"],
  [{ input: [{ role: "robot", content: "a" }] }, "input.0.role"],
  [{ input: [{ role: "user" }] }, "input.0.content"],
  [{ input: [{ role: "user", content: [{ type: "input_image", image_url: "x" }] }] }, "input.0.content.0.type"],
  [{ input: [{ role: "user", content: [{ type: "input_text" }] }] }, "input.0.content.0.text"],
  [{ input: [user, { type: "function_call", call_id: "a", name: "f", arguments: "{" }] }, "input.1.arguments"],
  [{ input: [user, { type: "function_call", call_id: "a", name: "f", arguments: "[]" }] }, "input.1.arguments"],
  [{ input: [user, { type: "function_call", name: "f", arguments: "{}" }] }, "input.1.call_id"],
  [{ input: [user, { type: "function_call_output", call_id: "a", output: "b" }] }, "input.1.call_id"],
  [{ tools: [{ type: "web_search" }] }, "tools.0.type"],
  [{ tools: [{ type: "function" }] }, "tools.0.name"],
  [{ tools: "all" }, "tools"],
  [{ tool_choice: "maybe" }, "tool_choice"],
  [{ tool_choice: { type: "mcp" } }, "tool_choice.type"],
  [{ tool_choice: { type: "function" } }, "tool_choice.name"],
  [{ text: { format: { type: "xml" } } }, "text.format.type"],
  [{ text: { format: { type: "json_schema", name: "a" } } }, "text.format.schema"],
  [{ max_output_tokens: 0 }, "max_output_tokens"],
  [{ max_output_tokens: 100_000 }, "max_output_tokens"],
  [{ input: "far too long ".repeat(800) }, "input"],
  [{ temperature: -1 }, "temperature"],
  [{ temperature: "hot" }, "temperature"],
  [{ top_p: 2 }, "top_p"],
  [{ top_logprobs: 21 }, "top_logprobs"],
  [{ metadata: { a: 1 } }, "metadata.a"],
  [{ reasoning: { effort: "huge" } }, "reasoning.effort"],
  [{ stream: "yes" }, "stream"],
];

test.each(bad)("%j is refused by name", async (fields, param) => {
  const response = await fetch(`${opened.baseUrl}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...request, ...fields }),
  });
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect({ status: response.status, type: error.type, param: error.param }).toEqual({
    status: 400,
    type: "invalid_request_error",
    param,
  });
  expect(error).toHaveProperty("code");
  expect(String(error.message)).toContain(param);
});

test.each(["", "{", "[]", "null", "5"])("the body %j is refused", async (body) => {
  const response = await fetch(`${opened.baseUrl}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
});

test("a model that is not there is not found", async () => {
  await expect(client.responses.create({ ...request, model: "gpt-0" })).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
  });
});
