import { expect, test } from "vitest";
import { readInput } from "./read-input.ts";

test("a text is the user's", () => {
  expect(readInput({ input: "Hi" }).messages).toEqual([{ role: "user", content: "Hi" }]);
});

test("thoughts, text and calls of one answer are one message; what calls gave follows", () => {
  const { messages } = readInput({
    instructions: "Be kind.",
    input: [
      { role: "developer", content: "Be short." },
      {
        role: "user",
        content: [
          { type: "input_text", text: "a" },
          { type: "input_text", text: "b" },
        ],
      },
      { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "hm" }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "I look." }] },
      { type: "function_call", call_id: "c1", name: "look", arguments: '{"a":1}' },
      { type: "function_call", call_id: "c2", name: "see", arguments: "" },
      { type: "function_call_output", call_id: "c2", output: "dark" },
      { type: "function_call_output", call_id: "c1", output: [{ type: "input_text", text: "light" }] },
      { role: "assistant", content: "Done." },
      { role: "assistant", content: "More." },
    ],
  });
  expect(messages).toEqual([
    { role: "system", content: "Be kind.\n\nBe short." },
    { role: "user", content: "a\nb" },
    {
      role: "assistant",
      content: "I look.",
      reasoning_content: "hm",
      tool_calls: [
        { id: "c1", type: "function", function: { name: "look", arguments: { a: 1 } } },
        { id: "c2", type: "function", function: { name: "see", arguments: {} } },
      ],
    },
    { role: "tool", content: "dark", tool_call_id: "c2", name: "see" },
    { role: "tool", content: "light", tool_call_id: "c1", name: "look" },
    { role: "assistant", content: "Done." },
    { role: "assistant", content: "More." },
  ]);
});

test("thoughts in a summary count where there are no others", () => {
  const summary = [{ type: "summary_text", text: "short" }];
  const { messages } = readInput({
    input: [
      { role: "user", content: "a" },
      { type: "reasoning", summary },
    ],
  });
  expect(messages.at(-1)).toEqual({ role: "assistant", content: "", reasoning_content: "short" });
});
