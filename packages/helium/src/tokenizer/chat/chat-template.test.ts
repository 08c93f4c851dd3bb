import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AutoTokenizer, ChatTemplateError, Tokenizer, type ChatMessage, type ChatTemplateOptions } from "../index.ts";
import { strftime } from "./strftime.ts";

interface Case {
  readonly template: string;
  readonly messages: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly prompt?: string;
  readonly refused?: string;
}

interface Fixture {
  readonly now: string;
  readonly specialTokens: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
  readonly conversations: Readonly<Record<string, readonly ChatMessage[]>>;
  readonly cases: readonly Case[];
}

const path = new URL("../../../../../fixtures/chat-templates/cases.json", import.meta.url);
const fixture = JSON.parse(readFileSync(path, "utf8")) as Fixture;
const json = { model: { type: "BPE", vocab: { "<unk>": 0, "<s>": 1, "</s>": 2, x: 3 }, merges: [] } };
const tokenizerWith = (chatTemplate?: unknown): Tokenizer =>
  Tokenizer.fromJSON(json, {
    ...fixture.specialTokens,
    ...(chatTemplate !== undefined && { chat_template: chatTemplate }),
  });

/** transformers' options by the names they have here. */
function optionsOf({ options }: Case): ChatTemplateOptions {
  const { add_generation_prompt, continue_final_message, tools, ...variables } = options;
  return {
    now: new Date(fixture.now),
    variables,
    ...(add_generation_prompt === true && { addGenerationPrompt: true }),
    ...(continue_final_message === true && { continueFinalMessage: true }),
    ...(tools !== undefined && { tools: tools as Record<string, unknown>[] }),
  };
}

const user: ChatMessage = { role: "user", content: "x" };

describe("applyChatTemplate", () => {
  it.each(Object.keys(fixture.templates))("gives what transformers gives: %s", (template) => {
    const tokenizer = tokenizerWith(fixture.templates[template]);
    const given = fixture.cases.filter((one) => one.template === template);
    expect(given.length).toBeGreaterThan(40);
    for (const one of given) {
      const apply = (): string => tokenizer.applyChatTemplate(fixture.conversations[one.messages]!, optionsOf(one));
      const label = `${one.messages} ${JSON.stringify(one.options)}`;
      if (one.refused === undefined) expect(apply(), label).toBe(one.prompt);
      else {
        expect(apply, label).toThrow(ChatTemplateError);
        // The template's own words come through.
        if (/alternate|roles are|call/.test(one.refused)) expect(apply, label).toThrow(one.refused);
      }
    }
  });

  it("says that a base model has no template", () => {
    const apply = (): string => tokenizerWith().applyChatTemplate([user]);
    expect(apply).toThrow(ChatTemplateError);
    expect(apply).toThrow(/chat template: is missing: .* not made for conversations; let it continue a text/);
    expect(tokenizerWith().chatTemplates.size).toBe(0);
  });

  it("takes one of several templates by name, and the one for tools with tools", () => {
    const tokenizer = tokenizerWith([
      { name: "default", template: "d" },
      { name: "tool_use", template: "t" },
      { name: "rag", template: "r" },
    ]);
    expect(tokenizer.applyChatTemplate([user])).toBe("d");
    expect(tokenizer.applyChatTemplate([user], { tools: [] })).toBe("t");
    expect(tokenizer.applyChatTemplate([user], { chatTemplate: "rag" })).toBe("r");
    expect(tokenizer.applyChatTemplate([user], { chatTemplate: "{{ messages[0].content }}" })).toBe("x");
    const nameless = tokenizerWith({ a: "1", b: "2" });
    expect(() => nameless.applyChatTemplate([user])).toThrow(/has no default among a, b/);
  });

  it("prefers chat_template.jinja", async () => {
    const tokenizer = await AutoTokenizer.fromPretrained({
      "tokenizer.json": new Blob([JSON.stringify(json)]),
      "tokenizer_config.json": new Blob(['{"chat_template": "config"}']),
      "chat_template.jinja": new Blob(["file"]),
    });
    expect(tokenizer.applyChatTemplate([user])).toBe("file");
  });

  it("is read from a GGUF file", async () => {
    const gguf = new URL("../../../../../fixtures/gguf-tokenizer/gpt2.gguf", import.meta.url);
    const tokenizer = await AutoTokenizer.fromPretrained(gguf.pathname);
    const prompt = tokenizer.applyChatTemplate([{ role: "user", content: "Hi" }]);
    expect(prompt).toBe("<|im_start|>user\nHi<|im_end|>\n");
    expect(tokenizer.encodeChat([{ role: "user", content: "Hi" }])).toEqual(
      tokenizer.encode(prompt, { addSpecialTokens: false }),
    );
  });

  it.each<[string, () => string, RegExp]>([
    ["a template that is none", () => tokenizerWith("{% for %}").applyChatTemplate([user]), /cannot be run \(/],
    [
      "a template that calls nothing",
      () => tokenizerWith("{{ nothing() }}").applyChatTemplate([user]),
      /cannot be run \(/,
    ],
    [
      "a template without an end",
      () => tokenizerWith("{{ ".repeat(5000)).applyChatTemplate([user]),
      /cannot be run \(/,
    ],
    ["no messages", () => tokenizerWith("x").applyChatTemplate([]), /messages: is empty; give at least one message/],
    ["a text", () => tokenizerWith("x").applyChatTemplate("hi" as never), /messages: is not a list/],
    [
      "a message without a role",
      () => tokenizerWith("x").applyChatTemplate([{} as never]),
      /messages\[0\]\.role: is undefined/,
    ],
    ["a message that is none", () => tokenizerWith("x").applyChatTemplate([7 as never]), /messages\[0\]: is 7/],
    [
      "both ends",
      () => tokenizerWith("x").applyChatTemplate([user], { addGenerationPrompt: true, continueFinalMessage: true }),
      /cannot be combined with addGenerationPrompt/,
    ],
    [
      "nothing to continue",
      () => tokenizerWith("x").applyChatTemplate([{ role: "assistant" }], { continueFinalMessage: true }),
      /no text to continue/,
    ],
    [
      "nothing but null to continue",
      () =>
        tokenizerWith("x").applyChatTemplate([{ role: "assistant", content: [null as never] }], {
          continueFinalMessage: true,
        }),
      /no text to continue/,
    ],
    [
      "a last message that is left out",
      () => tokenizerWith("x").applyChatTemplate([user], { continueFinalMessage: true }),
      /leaves the last message out/,
    ],
  ])("refuses %s", (_, apply, message) => {
    expect(apply).toThrow(ChatTemplateError);
    expect(apply).toThrow(message);
  });

  it("lets the caller's variables win over its own", () => {
    const variables = { add_generation_prompt: "yes", bos_token: "<b>" };
    const tokenizer = tokenizerWith("{{ bos_token }}{{ add_generation_prompt }}");
    expect(tokenizer.applyChatTemplate([user], { variables })).toBe("<b>yes");
  });

  it("ends where the last message does, whatever an earlier one says", () => {
    const marked = { role: "user", content: "Say CONTINUE_FINAL_MESSAGE_TAG twice" };
    const tokenizer = tokenizerWith("{% for m in messages %}{{ m.content }}|{% endfor %}");
    expect(
      tokenizer.applyChatTemplate([marked, { role: "assistant", content: "Yes, " }], { continueFinalMessage: true }),
    ).toBe("Say CONTINUE_FINAL_MESSAGE_TAG twice|Yes, ");
  });

  it("cannot reach out of the template", () => {
    for (const template of ["{{ messages.constructor }}", "{{ ''.constructor.constructor('return process')() }}"]) {
      const outcome = ((): string => {
        try {
          return tokenizerWith(template).applyChatTemplate([user]);
        } catch (error) {
          expect(error).toBeInstanceOf(ChatTemplateError);
          return "";
        }
      })();
      expect(outcome).not.toMatch(/native code|object process/);
    }
  });
});

it("documents reach the template", () => {
  const tokenizer = tokenizerWith("{% for document in documents %}[{{ document.title }}]{% endfor %}");
  const documents = [
    { title: "one", text: "1" },
    { title: "two", text: "2" },
  ];
  expect(tokenizer.applyChatTemplate([{ role: "user", content: "?" }], { documents })).toBe("[one][two]");
});

it("strftime writes dates as Python does", () => {
  const date = new Date(2026, 2, 7, 15, 4, 9);
  expect(strftime(date, "%Y-%m-%d %H:%M:%S %y %b %B %a %A %j %p %I %e|%-d %-m %-H %% %Q")).toBe(
    "2026-03-07 15:04:09 26 Mar March Sat Saturday 066 PM 03  7|7 3 15 % %Q",
  );
});
