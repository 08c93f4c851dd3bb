import { expect, test } from "vitest";
import { defaultSampling } from "../generation/sampling-parameters.ts";
import type { ServedModel } from "../models/served-model.ts";
import { chatBody, readChat } from "./read-chat.ts";

const options = { maxTokens: null, contextLimit: null, stop: [], sampling: defaultSampling };
const read = (body: unknown) => readChat({} as ServedModel, chatBody.parse(body), options, "");

test("results find their calls by the tool's name, else in their order", () => {
  const { messages } = read({
    messages: [
      { role: "system", content: "Be kind." },
      { role: "user", content: "a" },
      {
        role: "assistant",
        content: "",
        thinking: "hm",
        tool_calls: [
          { function: { name: "look", arguments: { a: 1 } } },
          { function: { name: "see", arguments: '{"b":2}' } },
          { function: { name: "see" } },
        ],
      },
      { role: "tool", tool_name: "see", content: "dark" },
      { role: "tool", content: "light" },
      { role: "tool", content: "grey" },
    ],
  });
  expect(messages).toEqual([
    { role: "system", content: "Be kind." },
    { role: "user", content: "a" },
    {
      role: "assistant",
      content: "",
      reasoning_content: "hm",
      tool_calls: [
        { id: "call_0", type: "function", function: { name: "look", arguments: { a: 1 } } },
        { id: "call_1", type: "function", function: { name: "see", arguments: { b: 2 } } },
        { id: "call_2", type: "function", function: { name: "see", arguments: {} } },
      ],
    },
    { role: "tool", content: "dark", tool_call_id: "call_1", name: "see" },
    { role: "tool", content: "light", tool_call_id: "call_0", name: "look" },
    { role: "tool", content: "grey", tool_call_id: "call_2", name: "see" },
  ]);
});

test("a last message of the assistant is gone on with, unless it calls", () => {
  const user = { role: "user", content: "a" };
  expect(read({ messages: [user, { role: "assistant", content: "The" }] }).continueFinalMessage).toBe(true);
  const calls = [{ function: { name: "f", arguments: {} } }];
  expect(read({ messages: [user, { role: "assistant", tool_calls: calls }] }).continueFinalMessage).toBe(false);
  expect(read({ messages: [user] }).continueFinalMessage).toBe(false);
});

test.each([
  [true, { enable_thinking: true, thinking: true }],
  [false, { enable_thinking: false, thinking: false }],
  ["high", { enable_thinking: true, thinking: true, reasoning_effort: "high" }],
  [undefined, {}],
] as const)("think: %j sets the template's variables", (think, variables) => {
  expect(read({ messages: [{ role: "user", content: "a" }], think }).templateVariables).toEqual(variables);
});
