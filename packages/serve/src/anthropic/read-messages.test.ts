import { expect, test } from "vitest";
import { readMessages } from "./read-messages.ts";

test("blocks become messages: thoughts, text and calls as one, results before what the user says", () => {
  const { messages } = readMessages({
    system: [
      { type: "text", text: "Be kind.", cache_control: { type: "ephemeral" } },
      { type: "text", text: "Be short." },
    ],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "" },
          { type: "text", text: "I look." },
          { type: "tool_use", id: "t1", name: "look", input: { a: 1 } },
          { type: "tool_use", id: "t2", name: "see", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t2", content: "dark" },
          { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "light" }] },
          { type: "text", text: "And?" },
        ],
      },
      { role: "assistant", content: "Done." },
    ],
  });
  expect(messages).toEqual([
    { role: "system", content: "Be kind.\nBe short." },
    { role: "user", content: "a\nb" },
    {
      role: "assistant",
      content: "I look.",
      reasoning_content: "hm",
      tool_calls: [
        { id: "t1", type: "function", function: { name: "look", arguments: { a: 1 } } },
        { id: "t2", type: "function", function: { name: "see", arguments: {} } },
      ],
    },
    { role: "tool", content: "dark", tool_call_id: "t2", name: "see" },
    { role: "tool", content: "light", tool_call_id: "t1", name: "look" },
    { role: "user", content: "And?" },
    { role: "assistant", content: "Done." },
  ]);
});

test("a result without content is empty", () => {
  const { messages } = readMessages({
    messages: [
      { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "go", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", is_error: true }] },
    ],
  });
  expect(messages.at(-1)).toEqual({ role: "tool", content: "", tool_call_id: "t1", name: "go" });
});
