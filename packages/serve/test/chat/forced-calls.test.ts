import { Ajv } from "ajv";
import { afterAll, describe, expect, test } from "vitest";
import { isCut } from "../../../../testing/short-form.ts";
import { defaultChat, type ChatRequest, type ToolDefinition } from "../../src/chat/chat-request.ts";
import { markersOf, piecesOf } from "../../src/chat/formats/tool-call-format.ts";
import { recogniseFormat } from "../../src/chat/formats/recognise-format.ts";
import { taggedObjects, toolCallFormats } from "../../src/chat/formats/tool-call-formats.ts";
import { AnswerParser } from "../../src/chat/parsing/answer-parser.ts";
import { defaultSampling } from "../../src/generation/sampling-parameters.ts";
import type { ServedModel } from "../../src/models/served-model.ts";
import { formatTemplate } from "./format-template.ts";
import { randomChatModel } from "./random-chat-model.ts";
import { readAnswers, type ReadAnswer } from "./read-answers.ts";

const ajv = new Ajv({ strict: false });

const tool = (name: string, parameters: Record<string, unknown>): ToolDefinition => ({
  name,
  description: null,
  parameters,
  strict: false,
});

const tools: readonly ToolDefinition[] = [
  tool("get_weather", {
    type: "object",
    properties: {
      city: { type: "string", maxLength: 12 },
      unit: { enum: ["°C", "°F", null] },
      days: { type: "array", items: { type: "integer", minimum: -5, maximum: 90 }, maxItems: 3 },
    },
    required: ["city", "days"],
  }),
  tool("get", {
    properties: { deep: { $ref: "#/$defs/node" } },
    $defs: { node: { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] } },
  }),
  tool("now", {}),
];

const validators = new Map(tools.map(({ name, parameters }) => [name, ajv.compile({ type: "object", ...parameters })]));

/** Each call is of a tool that may be called, and its arguments are JSON of the tool's schema. */
function check({ calls }: ReadAnswer, names: readonly string[]): void {
  for (const { name, arguments: text } of calls) {
    expect(names).toContain(name);
    const validate = validators.get(name);
    expect([text, validate?.(JSON.parse(text)), validate?.errors ?? null]).toEqual([text, true, null]);
  }
}

/** Shapes of models, one for each format in turn. */
const shapes = [
  "llama",
  "mistral",
  "cohere",
  "gemma2",
  "phi3",
  "granite",
  "qwen3",
  "qwen2",
  "smollm3",
  "glm",
  "llama3",
];

const cases = [
  ...toolCallFormats.map((format, index) => ({
    name: format.name,
    format,
    shape: shapes[index % shapes.length] ?? "llama",
    template: formatTemplate(format),
  })),
  {
    name: "a template without tools",
    format: taggedObjects,
    shape: "llama",
    template: "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}",
  },
  { name: "no template", format: taggedObjects, shape: "helium", template: null },
];

const SEEDS = isCut("drawn tool calls") ? 1 : 12;

describe.each(cases)("$name ($shape)", ({ format, shape, template }) => {
  const special = [...new Set(piecesOf(format))].filter((piece) => /^(<\|.*\|>|<｜.*｜>|\[[A-Z_]+\])$/.test(piece));
  const opened = randomChatModel(shape, { template, special });
  afterAll(async () => (await opened)[Symbol.dispose]());

  const ask = async (request: Partial<ChatRequest>, seed = 1): Promise<readonly ReadAnswer[]> =>
    readAnswers({
      ...defaultChat,
      model: await opened,
      messages: [{ role: "user", content: "Weather?" }],
      tools,
      n: SEEDS,
      maxTokens: 3000,
      sampling: { ...defaultSampling, seed },
      ...request,
    });

  test("its template shows it, and writes past calls as they are read", async () => {
    if (template === null || format === taggedObjects) return;
    expect(recogniseFormat(template)).toBe(format);
    const model: ServedModel = await opened;
    const calls = [
      { name: "get", arguments: { deep: { ok: true } } },
      { name: "now", arguments: {} },
    ].slice(0, format.separator === null ? 1 : 2);
    const prompt = model.tokenizer.applyChatTemplate(
      [
        {
          role: "assistant",
          content: "",
          tool_calls: calls.map((call, index) => ({ id: `${index}`.repeat(9), type: "function", function: call })),
        },
      ],
      { chatTemplate: template },
    );
    const parser = new AnswerParser({ format, names: ["get", "now"], thoughts: null });
    const found = [...parser.push(prompt.slice(prompt.indexOf("assistant:") + 10)), ...parser.flush()];
    expect(found.filter(({ kind }) => kind === "tool-call")).toEqual(
      calls.map(({ name }) => ({ kind: "tool-call", name })),
    );
  });

  test("required: every answer is one or more calls, and each is valid", async () => {
    const answers = await ask({ toolChoice: "required" });
    for (const answer of answers) {
      expect(answer).toMatchObject({ content: "", reasoning: "", finishReason: "tool_calls" });
      expect(answer.calls.length).toBeGreaterThan(0);
      check(answer, ["get_weather", "get", "now"]);
      for (const { id } of answer.calls) expect(id).toMatch(format.idPattern ?? /^call_/);
    }
  });

  test("a named one, without parallel calls: exactly one", async () => {
    for (const answer of await ask({ toolChoice: ["get_weather"], parallelToolCalls: false }, 2)) {
      expect(answer).toMatchObject({ content: "", finishReason: "tool_calls", calls: [{ name: "get_weather" }] });
      expect(answer.calls).toHaveLength(1);
      check(answer, ["get_weather"]);
    }
  });

  test("auto: text or calls, and each call is valid; none: text alone", async () => {
    const { tokenizer } = await opened;
    // The marks come up where they are single tokens.
    const biased = special.length > 0 ? [tokenizer.convertTokensToIds(special[0] ?? "") ?? 0] : [];
    const sampling = { ...defaultSampling, seed: 3, logitBias: new Map(biased.map((id) => [id, 100])) };
    const answers = await ask({ sampling, maxTokens: 120 });
    for (const answer of answers) {
      if (answer.finishReason === "length") continue;
      check(answer, ["get_weather", "get", "now"]);
      for (const marker of markersOf(format)) expect(answer.content).not.toContain(marker);
      expect(answer.finishReason).toBe(answer.calls.length > 0 ? "tool_calls" : "stop");
    }
    const isSpecial = special.includes(markersOf(format)[0] ?? "");
    if (isSpecial) expect(answers.some(({ calls }) => calls.length > 0)).toBe(true);
    for (const { calls, content } of await ask({ sampling, toolChoice: "none", maxTokens: 40, n: 8 })) {
      expect(calls).toEqual([]);
      for (const marker of markersOf(format)) expect(content).not.toContain(marker);
    }
  });

  test("tools beside a format of the content: JSON of the schema or calls", async () => {
    const schema = {
      type: "object",
      properties: { n: { type: "integer", minimum: 0, maximum: 99 } },
      required: ["n"],
      additionalProperties: false,
    };
    const validate = ajv.compile(schema);
    for (const answer of await ask({ contentGrammar: { json: schema, whitespace: "spaced" } }, 4)) {
      if (answer.calls.length > 0) {
        expect(answer.content).toBe("");
        check(answer, ["get_weather", "get", "now"]);
      } else expect(validate(JSON.parse(answer.content))).toBe(true);
    }
  });
});
