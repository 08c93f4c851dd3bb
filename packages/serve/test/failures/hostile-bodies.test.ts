import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chatModel } from "../chat/chat-model.ts";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

let opened: OpenServer;
beforeAll(async () => {
  opened = await openServer({ models: [chatModel()] });
});
afterAll(async () => opened[Symbol.asyncDispose]());

const whole = { role: "user", content: "Hi" };
const call = { type: "function_call", call_id: "a", name: "f", arguments: "{}" };
const use = { type: "tool_use", id: "a", name: "f", input: {} };
const tool = { type: "object", properties: { a: { type: "integer" } } };

/** Bodies that are taken, each with few tokens to write. */
const bodies = {
  "/v1/responses": {
    input: [
      whole,
      { type: "reasoning", summary: [], content: [] },
      call,
      { type: "function_call_output", call_id: "a", output: "b" },
    ],
    instructions: "Be short.",
    tools: [{ type: "function", name: "f", parameters: tool, strict: true }],
    tool_choice: "auto",
    text: { format: { type: "text" }, verbosity: "low" },
    reasoning: { effort: "low" },
    include: ["message.output_text.logprobs"],
    max_output_tokens: 1,
    metadata: { a: "b" },
    temperature: 0,
    top_p: 1,
    top_logprobs: 1,
  },
  "/v1/messages": {
    system: [{ type: "text", text: "Be short.", cache_control: { type: "ephemeral" } }],
    messages: [
      whole,
      { role: "assistant", content: [{ type: "thinking", thinking: "hm", signature: "" }, use] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "b" }] }] },
    ],
    tools: [{ name: "f", input_schema: tool }],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
    thinking: { type: "enabled", budget_tokens: 1024 },
    max_tokens: 1,
    stop_sequences: ["END"],
    temperature: 0,
    top_k: 5,
    metadata: { user_id: "a" },
  },
  "/api/chat": {
    model: "helium-chat",
    stream: false,
    messages: [
      whole,
      {
        role: "assistant",
        content: "",
        thinking: "hm",
        tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }],
      },
      { role: "tool", tool_name: "f", content: "b" },
    ],
    tools: [{ type: "function", function: { name: "f", description: "a", parameters: tool } }],
    think: false,
    format: "",
    keep_alive: "5m",
    options: {
      num_predict: 1,
      num_ctx: 512,
      temperature: 0,
      top_k: 5,
      top_p: 1,
      min_p: 0,
      seed: 1,
      stop: ["END"],
      repeat_penalty: 1,
    },
    logprobs: true,
    top_logprobs: 1,
  },
  "/api/generate": {
    model: "helium-chat",
    stream: false,
    prompt: "Hi",
    system: "Be short.",
    template: "{{ messages[1].content }}",
    options: { num_predict: 1, temperature: 0, presence_penalty: 0.5, frequency_penalty: 0.5 },
  },
  "/api/embed": { model: "helium-chat", input: ["a", "b"], truncate: true, dimensions: 8, options: {} },
} as const;

/** Places within a value, the root left out. */
function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  const own = path.length === 0 ? [] : [[...path]];
  if (typeof value !== "object" || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([key, each]) => placesOf(each, [...path, key]))];
}

/** The body with another value in one place, or without it. */
function withValue(body: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(body) ? [...(body as unknown[])] : { ...(body as object) }) as Record<string, unknown>;
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}

const strange = fc.oneof(
  fc.constantFrom(null, undefined, "", "a", "__proto__", 0, -1, 1.5, 1e308, true, false, [], {}, [[]], [null]),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom({ type: "text" }, { type: "image" }, { type: "function" }, "\u0000", "\ud800", "{{", "{% for %}"),
);

/** Errors of each API in its own form. */
const isError = (path: string, body: unknown): boolean => {
  const { error } = body as { error: unknown };
  if (path.startsWith("/api/")) return typeof error === "string" && error !== "";
  const { message, type } = error as { message: unknown; type: unknown };
  return typeof message === "string" && message !== "" && typeof type === "string";
};

test.each(Object.entries(bodies))("%s takes what it says that it takes", async (path, body) => {
  const { status, body: answered } = await postJson(`${opened.url}${path}`, body);
  expect({ status, answered }).toMatchObject({ status: 200 });
});

test.each(Object.entries(bodies))(
  "%s answers any value in any place with 200 or an error of its form",
  async (path, body) => {
    const places = placesOf(body);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), strange, async (place, value) => {
        const given = withValue(body, place, value);
        // Nothing that would write a long text, or in lines.
        const limit = ["max_output_tokens", "max_tokens", "options", "num_predict", "stream"].includes(
          place.at(-1) ?? "",
        );
        if (limit) return;
        const { status, body: answered } = await postJson(`${opened.url}${path}`, given);
        const seen = { status, answered: status === 200 ? "" : answered };
        if (status === 200) return;
        expect(seen).toMatchObject({ status: expect.toSatisfy((n: number) => n >= 400 && n < 500) as number });
        expect(isError(path, answered), JSON.stringify(seen)).toBe(true);
      }),
      { numRuns: 60, seed: 16 },
    );
    expect(opened.server.admission.running).toBe(0);
  },
);
