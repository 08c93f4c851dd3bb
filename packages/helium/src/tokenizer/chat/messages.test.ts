import { expect, test } from "vitest";
import { markFinalMessage, plainMessages } from "./messages.ts";

test("keys without a value are left out, as the servers that templates were written for do", () => {
  const messages = [{ role: "assistant", content: null, tool_calls: undefined, name: "helper" }];
  expect(plainMessages(messages)).toEqual([{ role: "assistant", name: "helper" }]);
  expect(Object.keys(plainMessages(messages)[0] ?? {})).toEqual(["role", "name"]);
});

test.each(["reasoning_content", "thinking", "reasoning"])(
  "what is under %s is under each name that templates read",
  (name) => {
    expect(plainMessages([{ role: "assistant", content: "4", [name]: "2 + 2" }])).toEqual([
      {
        role: "assistant",
        content: "4",
        thinking: "2 + 2",
        reasoning_content: "2 + 2",
        ...(name === "reasoning" && { reasoning: "2 + 2" }),
      },
    ]);
  },
);

test("the last part with text is the one that is continued", () => {
  const image = { type: "image" };
  const [{ content } = {}] = markFinalMessage([
    { role: "assistant", content: [{ type: "text", text: "one" }, { type: "text", text: "two" }, image] },
  ]);
  expect(content).toEqual([
    { type: "text", text: "one" },
    { type: "text", text: expect.stringMatching(/^two./) as unknown },
    image,
  ]);
});
