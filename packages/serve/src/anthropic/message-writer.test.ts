import { expect, test } from "vitest";
import type { ChatEvent } from "../chat/chat-event.ts";
import { MessageWriter } from "./message-writer.ts";

const run = { usage: { promptTokens: 7, cachedTokens: 3, completionTokens: 5 }, reasoningTokens: 2 };
const writer = (): MessageWriter => new MessageWriter({ model: "m", run, limitReason: "max_tokens" });
const text = (kind: "content" | "reasoning", part: string): ChatEvent => ({ kind, index: 0, text: part, tokens: [] });
const call = (at: number, id: string, name: string): ChatEvent => ({ kind: "tool-call", index: 0, call: at, id, name });
const args = (at: number, part: string): ChatEvent => ({ kind: "tool-arguments", index: 0, call: at, text: part });
const end = (finishReason: "stop" | "length" | "tool_calls", stop: string | null = null): ChatEvent => ({
  kind: "end",
  index: 0,
  finishReason,
  stop,
  tokens: [],
});

const thoughtful: readonly ChatEvent[] = [
  text("reasoning", "h"),
  text("reasoning", "m"),
  text("content", "I "),
  text("content", "look."),
  call(0, "call_a", "look"),
  args(0, '{"a":'),
  args(0, "1}"),
  call(1, "call_b", "see"),
  args(1, "{}"),
];

test("thoughts, text and calls are blocks one after another, with their events in order", () => {
  const own = writer();
  const events = [...own.start(), ...[...thoughtful, end("tool_calls")].flatMap((event) => own.push(event))];
  expect(events.map(({ type, index, delta }) => [type, index, (delta as { type?: string } | undefined)?.type])).toEqual(
    [
      ["message_start", undefined, undefined],
      ["ping", undefined, undefined],
      ["content_block_start", 0, undefined],
      ["content_block_delta", 0, "thinking_delta"],
      ["content_block_delta", 0, "thinking_delta"],
      ["content_block_stop", 0, undefined],
      ["content_block_start", 1, undefined],
      ["content_block_delta", 1, "text_delta"],
      ["content_block_delta", 1, "text_delta"],
      ["content_block_stop", 1, undefined],
      ["content_block_start", 2, undefined],
      ["content_block_delta", 2, "input_json_delta"],
      ["content_block_delta", 2, "input_json_delta"],
      ["content_block_stop", 2, undefined],
      ["content_block_start", 3, undefined],
      ["content_block_delta", 3, "input_json_delta"],
      ["content_block_stop", 3, undefined],
      ["message_delta", undefined, undefined],
      ["message_stop", undefined, undefined],
    ],
  );
  const starts = events.filter(({ type }) => type === "content_block_start");
  expect(starts.map(({ content_block: block }) => block)).toMatchObject([
    { type: "thinking", thinking: "" },
    { type: "text", text: "" },
    { type: "tool_use", id: "call_a", name: "look", input: {} },
    { type: "tool_use", id: "call_b", name: "see", input: {} },
  ]);
  expect(own.message).toMatchObject({
    content: [
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "I look." },
      { type: "tool_use", name: "look", input: { a: 1 } },
      { type: "tool_use", name: "see", input: {} },
    ],
    stop_reason: "tool_use",
    usage: {
      input_tokens: 4,
      cache_read_input_tokens: 3,
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 2 },
    },
  });
});

test.each([
  [end("stop"), "end_turn", null],
  [end("length"), "max_tokens", null],
  [end("stop", "END"), "stop_sequence", "END"],
  [end("tool_calls", "END"), "stop_sequence", "END"],
] as const)("%j is told as %s", (event, reason, sequence) => {
  const own = writer();
  own.push(text("content", "a"));
  own.push(event);
  expect(own.message).toMatchObject({ stop_reason: reason, stop_sequence: sequence });
});

test("a call that was cut has no input", () => {
  const own = writer();
  for (const event of [call(0, "call_a", "look"), args(0, '{"a":'), end("length")]) own.push(event);
  expect(own.message).toMatchObject({ content: [{ type: "tool_use", input: {} }], stop_reason: "max_tokens" });
});
