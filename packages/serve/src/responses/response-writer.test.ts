import { expect, test } from "vitest";
import type { ChatEvent } from "../chat/chat-event.ts";
import { ApiError } from "../errors.ts";
import type { ServedModel } from "../models/served-model.ts";
import { responseBody } from "./response-body.ts";
import { newResponse } from "./response-object.ts";
import { ResponseWriter, type ResponseEvent } from "./response-writer.ts";

const model = { id: "m", generationConfig: {}, tokenizer: { allSpecialIds: [] as readonly number[] } } as ServedModel;
const run = { usage: { promptTokens: 7, cachedTokens: 3, completionTokens: 5 }, reasoningTokens: 2 };
const writer = (): ResponseWriter => new ResponseWriter(newResponse(responseBody.parse({}), model), model, run);
const text = (kind: "content" | "reasoning", part: string): ChatEvent => ({ kind, index: 0, text: part, tokens: [] });
const end = (finishReason: "stop" | "length" | "tool_calls"): ChatEvent => ({
  kind: "end",
  index: 0,
  finishReason,
  stop: null,
  tokens: [],
});

const thoughtful: readonly ChatEvent[] = [
  text("reasoning", "hm"),
  text("reasoning", "m"),
  text("content", "I "),
  text("content", "look."),
  { kind: "tool-call", index: 0, call: 0, id: "call_a", name: "look" },
  { kind: "tool-arguments", index: 0, call: 0, text: '{"a":' },
  { kind: "tool-arguments", index: 0, call: 0, text: "1}" },
  { kind: "tool-call", index: 0, call: 1, id: "call_b", name: "see" },
  { kind: "tool-arguments", index: 0, call: 1, text: "{}" },
];

const short = ({ type }: ResponseEvent): string => type.replace("response.", "");

test("thoughts, text and calls are items one after another, with their events in order", () => {
  const own = writer();
  const events = [...own.start(), ...[...thoughtful, end("tool_calls")].flatMap((event) => own.push(event))];
  expect(events.map(short)).toEqual([
    "created",
    "in_progress",
    "output_item.added",
    "content_part.added",
    "reasoning_text.delta",
    "reasoning_text.delta",
    "reasoning_text.done",
    "content_part.done",
    "output_item.done",
    "output_item.added",
    "content_part.added",
    "output_text.delta",
    "output_text.delta",
    "output_text.done",
    "content_part.done",
    "output_item.done",
    "output_item.added",
    "function_call_arguments.delta",
    "function_call_arguments.delta",
    "function_call_arguments.done",
    "output_item.done",
    "output_item.added",
    "function_call_arguments.delta",
    "function_call_arguments.done",
    "output_item.done",
    "completed",
  ]);
  expect(events.map(({ sequence_number: at }) => at)).toEqual(events.map((_, at) => at));
  expect(own.response).toMatchObject({
    status: "completed",
    output: [
      { type: "reasoning", status: "completed", summary: [], content: [{ type: "reasoning_text", text: "hmm" }] },
      { type: "message", status: "completed", content: [{ type: "output_text", text: "I look." }] },
      { type: "function_call", status: "completed", call_id: "call_a", name: "look", arguments: '{"a":1}' },
      { type: "function_call", status: "completed", call_id: "call_b", name: "see", arguments: "{}" },
    ],
    usage: {
      input_tokens: 7,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 12,
    },
  });
});

test("events name their item by place and id, and do not change later", () => {
  const own = writer();
  const events = [...own.start(), ...[...thoughtful, end("stop")].flatMap((event) => own.push(event))];
  const items = own.response.output.map(({ id }) => id);
  const placed = events.filter((event) => "output_index" in event);
  for (const event of placed) {
    const id = event.item_id ?? (event.item as { readonly id: string }).id;
    expect(id).toBe(items[event.output_index as number]);
  }
  expect(events.find(({ type }) => type === "response.content_part.added")).toMatchObject({ part: { text: "" } });
  expect(events.find(({ type }) => type === "response.created")).toMatchObject({ response: { output: [] } });
});

test("what is cut leaves its last item incomplete", () => {
  const own = writer();
  const events = [...own.start(), ...[...thoughtful, end("length")].flatMap((event) => own.push(event))];
  expect(events.at(-1)).toMatchObject({
    type: "response.incomplete",
    response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
  });
  expect(own.response.output.map(({ status }) => status)).toEqual([
    "completed",
    "completed",
    "completed",
    "incomplete",
  ]);
});

test("an answer of nothing is an empty message", () => {
  const own = writer();
  own.start();
  expect(own.push(end("stop")).map(short)).toEqual([
    "output_item.added",
    "content_part.added",
    "output_text.done",
    "content_part.done",
    "output_item.done",
    "completed",
  ]);
  expect(own.response.output).toMatchObject([{ type: "message", content: [{ text: "" }] }]);
});

test("a failure on the way is the last event", () => {
  const own = writer();
  own.start();
  own.push(text("content", "I "));
  const [event] = own.fail(new ApiError("server", "is gone", { status: 500, type: "server_error" }));
  expect(event).toMatchObject({
    type: "response.failed",
    sequence_number: 5,
    response: { status: "failed", error: { code: "server_error", message: "server: is gone" } },
  });
});

test("a failure before the first piece follows the events that begin a stream", () => {
  const events = writer().fail(new ApiError("server", "is busy", { status: 429, type: "rate_limit_error" }));
  expect(events.map(short)).toEqual(["created", "in_progress", "failed"]);
  expect(events.at(-1)).toMatchObject({ response: { error: { code: "rate_limit_exceeded" } } });
});

test("a response has every field that the Open Responses specification asks for", () => {
  const body = responseBody.parse({
    tools: [{ type: "function", name: "f" }],
    text: { format: { type: "json_schema", name: "a", schema: {} } },
  });
  const response = newResponse(body, model);
  // Its responseResourceSchema, without what is optional there.
  const fields =
    "id object created_at completed_at status incomplete_details model previous_response_id instructions output error tools tool_choice truncation parallel_tool_calls text top_p presence_penalty frequency_penalty top_logprobs temperature reasoning usage max_output_tokens max_tool_calls store background service_tier metadata safety_identifier prompt_cache_key";
  for (const field of fields.split(" ")) expect(response[field], field).toBeDefined();
  expect(response).toMatchObject({
    tools: [{ type: "function", name: "f", description: null, parameters: null, strict: false }],
    text: { format: { type: "json_schema", name: "a", description: null, schema: {}, strict: false } },
    presence_penalty: 0,
    frequency_penalty: 0,
    temperature: 1,
    top_p: 1,
  });
});
