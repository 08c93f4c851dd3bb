import { describe, expect, it, vi } from "vitest";
import { Tokenizer } from "../tokenizer.ts";
import { caps } from "./caps.ts";
import type { ChatMessage } from "./messages.ts";
import { ChatTemplateError, ChatTemplateLimitError, type ChatTemplateCap } from "../../errors.ts";
import { renderTemplate } from "./render-template.ts";

const messages = [{ role: "user", content: "Hi there, how are you?" }];

const render = (template: string, limits: Partial<typeof caps> = {}): string =>
  renderTemplate(template, { messages }, new Date(0), { ...caps, ...limits });

const capOf = (template: string, limits?: Partial<typeof caps>): ChatTemplateCap => {
  try {
    render(template, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(ChatTemplateLimitError);
    const { cap, limit, message } = error as ChatTemplateLimitError;
    expect(message).toMatch(new RegExp(`^chat template: .*\\(cap "${cap}": ${limit}\\); use a simpler template$`));
    return cap;
  }
  throw new Error("was rendered");
};

const state = "{% set ns = namespace(x='aaaaaaaaaa') %}";
const times = (count: number, body: string): string => `{% for i in range(${count}) %}${body}{% endfor %}`;

describe("caps of chat templates", () => {
  it.each<[string, ChatTemplateCap, string]>([
    ["a range of a billion numbers", "range", "{% for i in range(1000000000) %}{% endfor %}"],
    ["a range down", "range", "{{ range(0, -1000000, -1) }}"],
    ["text that grows by replace", "text", `${state}${times(12, "{% set ns.x = ns.x.replace('a', ns.x) %}")}`],
    ["text that grows by the filter", "text", `${state}${times(12, "{% set ns.x = ns.x|replace('a', ns.x) %}")}`],
    ["text that doubles", "text", `${state}${times(60, "{% set ns.x = ns.x ~ ns.x %}")}`],
    ["text that doubles and is hidden", "text", `${state}${times(60, "{% set ns.x = ns.x + ns.x %}")}x`],
    [
      "macros that double",
      "values",
      "{% macro m(n) %}{% if n == 0 %}aaaaaaaa{% else %}{% set x = m(n - 1) %}{{ x }}{{ x }}{% endif %}{% endmacro %}{{ m(60) }}",
    ],
    ["a join", "text", `{{ range(100000)|join('${"x".repeat(4000)}') }}`],
    ["an indent", "text", "{{ 'a\nb'|indent(1000000000) }}"],
    ["an indent of JSON", "text", "{{ messages|tojson(indent=1000000000) }}"],
    ["lists of lists many times over", "text", `${state}${times(60, "{% set ns.x = [ns.x, ns.x] %}")}`],
    ["objects of objects", "text", `${state}${times(60, "{% set ns.x = {'a': ns.x, 'b': ns.x} %}")}`],
    [
      "namespaces in namespaces",
      "text",
      `${state}${times(60, "{% set ns.x = [namespace(y=ns.x), namespace(y=ns.x)] %}")}`,
    ],
    [
      "lists that grow",
      "values",
      `{% set ns = namespace(x=range(50000)) %}${times(60, "{% set ns.x = ns.x + ns.x %}")}`,
    ],
    ["many ranges", "values", times(100_000, "{% set x = range(100000) %}")],
    ["lists in lists", "depth", `${state}${times(300, "{% set ns.x = [ns.x] %}")}`],
    ["much text", "values", `{% set y = '${"a".repeat(100_000)}' %}${times(100_000, "{{ y }}")}`],
    ["a long template", "template", "x".repeat(300_000)],
    ["newlines before a tag", "whitespace", `${"\n".repeat(100_000)}{% generation %}`],
    ["newlines before nothing", "whitespace", `{{ 1 }}${"\n".repeat(100_000)}x`],
  ])("%s", (_, cap, template) => {
    // Another cap than that of time, which a busy machine would meet first.
    expect(capOf(template, { time: 60_000 })).toBe(cap);
  });

  it("messages of very many values", () => {
    const tokenizer = Tokenizer.fromJSON(
      { model: { type: "BPE", vocab: { a: 0 }, merges: [] } },
      { chat_template: "{{ messages | length }}" },
    );
    const turns = (count: number): ChatMessage[] => [{ role: "user", parts: new Array<number>(count).fill(1) }];
    expect(tokenizer.applyChatTemplate(turns(100_000))).toBe("1");
    expect(() => tokenizer.applyChatTemplate(turns(200_000))).toThrow(
      /is given too many values \(cap "inputs": 131072\)/,
    );
  });

  it("loops within loops", () => {
    const template = times(1000, times(1000, times(1000, "")));
    expect(capOf(template, { steps: 10_000, time: 60_000 })).toBe("steps");
    expect(capOf(template, { time: 20 })).toBe("time");
  });

  it("a process that was stopped for a minute goes on with its template", () => {
    const now = performance.now.bind(performance);
    let stoppedMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + (stoppedMs += 60_000));
    try {
      expect(render(times(500, "{{ i }}"))).toMatch(/^0123.*498499$/);
    } finally {
      clock.mockRestore();
    }
  });

  it("macros that call themselves for ever are refused by their depth", () => {
    expect(() => render("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")).toThrow(ChatTemplateError);
  });

  it("quotes at most a few lines", () => {
    const long = "x".repeat(100_000);
    for (const template of [`{{ raise_exception('${long}') }}`, `{{ 1 | ${long} }}`, `{{ ${long}(1) }}`]) {
      let message = "";
      try {
        render(template);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).not.toBe("");
      expect(message.length).toBeLessThan(700);
    }
  });

  it("leaves a long conversation alone", () => {
    const chatTemplate =
      "{% for m in messages %}{% if loop.index0 % 2 == 0 and m.role != 'user' %}{{ raise_exception('x') }}{% endif %}" +
      "<|{{ m.role }}|>{{ m.content.split('</think>')[-1].strip() | replace('a', 'bb') }}{{ messages[loop.index0:] | length }}{% endfor %}";
    const tokenizer = Tokenizer.fromJSON(
      { model: { type: "BPE", vocab: { a: 0 }, merges: [] } },
      { chat_template: chatTemplate },
    );
    const long = Array.from({ length: 1000 }, (_, n) => ({
      role: n % 2 === 0 ? "user" : "assistant",
      content: `${"a line of words\n".repeat(200)}${n}`,
    }));
    const prompt = tokenizer.applyChatTemplate(long);
    expect(prompt.length).toBeGreaterThan(3_000_000);
    expect(prompt.startsWith("<|user|>bb line of words\nbb line")).toBe(true);
  });
});
