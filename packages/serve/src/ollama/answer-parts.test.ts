import { expect, test } from "vitest";
import type { ChatEvent } from "../chat/chat-event.ts";
import { AnswerParts, emptyPart, joinParts } from "./answer-parts.ts";

const text = (kind: "content" | "reasoning", part: string): ChatEvent => ({ kind, index: 0, text: part, tokens: [] });
const call = (at: number, name: string): ChatEvent => ({ kind: "tool-call", index: 0, call: at, id: `c${at}`, name });
const args = (at: number, part: string): ChatEvent => ({ kind: "tool-arguments", index: 0, call: at, text: part });
const end: ChatEvent = { kind: "end", index: 0, finishReason: "tool_calls", stop: null, tokens: [] };

test("texts come as they are, calls once they are whole", () => {
  const own = new AnswerParts();
  const events = [text("reasoning", "hm"), text("content", "I look."), call(0, "f"), args(0, '{"a":'), args(0, "1}")];
  const told = [...events, call(1, "g"), args(1, "{}"), end].map((event) => own.push(event));
  const first = { id: "c0", function: { index: 0, name: "f", arguments: { a: 1 } } };
  const second = { id: "c1", function: { index: 1, name: "g", arguments: {} } };
  expect(told).toEqual([
    [{ ...emptyPart, thinking: "hm" }],
    [{ ...emptyPart, content: "I look." }],
    [],
    [],
    [],
    [{ ...emptyPart, calls: [first] }],
    [],
    [{ ...emptyPart, calls: [second] }],
  ]);
  expect(joinParts(told.flat())).toEqual({
    content: "I look.",
    thinking: "hm",
    calls: [first, second],
    tokens: [],
  });
});

test("a call that was cut keeps its text", () => {
  const own = new AnswerParts();
  for (const event of [call(0, "f"), args(0, '{"a":')]) own.push(event);
  expect(own.push(end)).toMatchObject([{ calls: [{ function: { arguments: '{"a":' } }] }]);
});
