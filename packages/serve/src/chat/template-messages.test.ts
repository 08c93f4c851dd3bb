import { readFileSync } from "node:fs";
import type { ChatMessage } from "@helium-lm/helium";
import { describe, expect, test } from "vitest";
import { root } from "../../../../testing/repository.ts";
import { taggedObjects } from "./formats/tool-call-formats.ts";
import { recogniseFormat } from "./formats/recognise-format.ts";
import { withDescribedTools } from "./described-tools.ts";
import { newShortId, shortId } from "./short-id.ts";
import { templateMessages, wantsArgumentsText } from "./template-messages.ts";
import { thoughtsOf } from "./thoughts.ts";

/** Conversations rendered by transformers. */
const fixture = JSON.parse(readFileSync(`${root}fixtures/chat-templates/cases.json`, "utf8")) as {
  templates: Record<string, string>;
  conversations: Record<string, ChatMessage[]>;
};

/** A conversation as OpenAI's clients send it: arguments as JSON text. */
const asSent = (messages: readonly ChatMessage[]): readonly ChatMessage[] =>
  messages.map((message) =>
    "tool_calls" in message
      ? {
          ...message,
          tool_calls: (message["tool_calls"] as { function: { arguments: unknown } }[]).map((call) => ({
            ...call,
            function: { ...call.function, arguments: JSON.stringify(call.function.arguments) },
          })),
        }
      : message,
  );

const call = (given: unknown, id = "call_1"): ChatMessage => ({
  role: "assistant",
  content: "",
  tool_calls: [{ id, type: "function", function: { name: "add", arguments: given } }],
});

describe("past calls and results", () => {
  test.each(Object.keys(fixture.templates))(
    "a conversation that was sent is that of the goldens for the template %s",
    (name) => {
      const template = fixture.templates[name] ?? "";
      for (const messages of Object.values(fixture.conversations))
        expect(templateMessages(asSent(messages), { template, idPattern: null })).toEqual(messages);
    },
  );

  test.each<[string, boolean]>([
    ["{{ call.function.arguments }}", true],
    ["{{- '\"arguments\": ' + call.arguments + '}' }}", true],
    ["{{ call['arguments'] }}", true],
    ["{{ call.function.arguments | tojson }}", false],
    ["{% if c.arguments is string %}{{ c.arguments }}{% else %}{{ c.arguments | tojson }}{% endif %}", false],
    ["{% for k, v in call.arguments|items %}{{ k }}{% endfor %}", false],
    ["{{ call.function|tojson }}", false],
    ["{{ message.content }}", false],
  ])("%s wants arguments as text: %s", (template, expected) => {
    expect(wantsArgumentsText(template)).toBe(expected);
    const [message] = templateMessages([call({ a: 1 })], { template, idPattern: null });
    const [made] = message?.["tool_calls"] as { function: { arguments: unknown } }[];
    expect(made?.function.arguments).toEqual(expected ? '{"a":1}' : { a: 1 });
  });

  test("results have the name of their call, and ids the form that is asked for", () => {
    const sent = [call("{}"), { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "3" }] }];
    const [asked, result] = templateMessages(sent, { template: "", idPattern: /^[A-Za-z0-9]{9}$/ });
    const id = (asked?.["tool_calls"] as { id: string }[])[0]?.id;
    expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(result).toEqual({ role: "tool", tool_call_id: id, content: "3", name: "add" });
  });

  test("short ids are the same for the same id, and differ", () => {
    const ids = Array.from({ length: 2000 }, (_, n) => shortId(`call_${n}`));
    expect(new Set(ids).size).toBe(2000);
    expect(shortId("call_7")).toBe(ids[7]);
    for (const id of [...ids, newShortId()]) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
  });
});

describe("tools in words", () => {
  const tools = [{ name: "add", description: "Adds.", parameters: { type: "object" }, strict: false }];
  const described = (messages: readonly ChatMessage[], hasSystem: boolean): readonly ChatMessage[] =>
    withDescribedTools(messages, { tools, format: taggedObjects, hasSystem });

  test("stand in the system's message, or before what the user says first", () => {
    const user = { role: "user", content: "1 + 2?" };
    const [own] = described([{ role: "system", content: "Be brief." }, user], true);
    expect(own).toMatchObject({
      role: "system",
      content: expect.stringMatching(/^Be brief\.\n\nYou can call/) as string,
    });
    expect(described([user], true).map(({ role }) => role)).toEqual(["system", "user"]);
    const [only, ...more] = described([user], false);
    expect([only?.role, more]).toEqual(["user", []]);
    expect(only?.content).toMatch(
      /\{"name":"add","description":"Adds.","parameters":\{"type":"object"\}\}[^]*1 \+ 2\?$/,
    );
  });

  test("calls are in the answers, and results are what the user says, in turn", () => {
    const result = { role: "tool", tool_call_id: "call_1", content: "3" };
    const user = { role: "user", content: "?" };
    const written = described([user, call({ a: 1 }), result, result, { role: "user", content: "And?" }], true).slice(1);
    expect(written).toEqual([
      user,
      { role: "assistant", content: '<tool_call>\n{"name": "add", "arguments": {"a":1}}\n</tool_call>' },
      { role: "user", content: "The result of the call:\n3\n\nThe result of the call:\n3\n\nAnd?" },
    ]);
  });
});

describe("what a template shows", () => {
  test("templates without tools have no format", () => {
    const { chatml = "", reasoning = "", headers = "" } = fixture.templates;
    expect(recogniseFormat(chatml)).toBeNull();
    expect(recogniseFormat(reasoning)).toBeNull();
    expect(recogniseFormat(headers)?.name).toBe("an object of name and parameters");
  });

  test.each<[string, string, boolean | null]>([
    ["{{ '</think>' }}", "<assistant>", false],
    ["{{ '</think>' }}", "<assistant><think>\n", true],
    ["{{ '</think>' }}", "<assistant><think>\n\n</think>\n\n", null],
    ["{{ content }}", "<assistant>", null],
    ["[THINK] [/THINK]", "[INST]", false],
  ])("thoughts of %j behind %j", (template, prompt, hasBegun) => {
    expect(thoughtsOf(template, prompt)?.hasBegun ?? null).toBe(hasBegun);
  });
});
