import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AutoModelForCausalLM, AutoTokenizer } from "@helium-lm/helium";
import { root } from "../../../../testing/repository.ts";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

let server: OpenServer;
let client: OpenAI;
beforeAll(async () => {
  server = await openServer();
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: "none", maxRetries: 0 });
});
afterAll(() => server[Symbol.asyncDispose]());

const model = "helium-nano";
const input = "The package arrived with a broken screen.";

describe("openai's client", () => {
  test("gets an answer for each question, in order, whose probabilities sum to one", async () => {
    const { answers, usage } = await client.decisions.create({
      model,
      input,
      questions: [
        { type: "predicate", name: "damaged", instructions: "The item is damaged." },
        {
          type: "choice",
          instructions: "Which department should handle this?",
          choices: [{ value: "returns", description: "goods that come back" }, { value: true }, { value: "true" }],
        },
        { type: "score", instructions: "How severe is it?", levels: [{ label: "cosmetic" }, { label: "broken" }] },
      ],
    });
    expect(answers.map(({ type, name }) => [type, name])).toEqual([
      ["predicate", "damaged"],
      ["choice", null],
      ["score", null],
    ]);
    const [predicate, choice, score] = answers;
    if (predicate?.type !== "predicate" || choice?.type !== "choice" || score?.type !== "score")
      throw new Error("types");
    expect(predicate.probability).toBeGreaterThan(0);
    expect(predicate.probability).toBeLessThan(1);
    const sum = (each: readonly { probability: number }[]): number =>
      each.reduce((s, { probability }) => s + probability, 0);
    expect(sum(choice.probabilities)).toBeCloseTo(1, 9);
    expect(choice.probabilities.map(({ value }) => value)).toEqual(["returns", true, "true"]);
    const likeliest = choice.probabilities.reduce((a, b) => (b.probability > a.probability ? b : a));
    expect(choice.choice).toBe(likeliest.value);
    expect(sum(score.probabilities)).toBeCloseTo(1, 9);
    expect(score.score).toBeCloseTo(score.probabilities[1]?.probability ?? NaN, 9);
    expect(usage.output_tokens).toBe(3);
    expect(usage.total_tokens).toBe(usage.input_tokens + 3);
  });

  test("gets what the logits of the model say where the label would stand", async () => {
    const folder = `${root}models/helium-nano`;
    const tokenizer = await AutoTokenizer.fromPretrained(folder);
    using lm = await AutoModelForCausalLM.fromPretrained(folder, { backend: "cpu" });
    const { answers } = await client.decisions.create({
      model,
      input,
      questions: [{ type: "score", instructions: "How bad?", levels: [{ label: "low" }, { label: "high" }] }],
    });
    const prompt = `${input}\n\nHow bad?\nA. low\nB. high\nAnswer with the letter of one of them only.\nAnswer:`;
    const rows = ["A", "B"].map((label) => tokenizer.encode(`${prompt} ${label}`));
    using output = lm.forward({ inputIds: [rows[0]?.slice(0, -1) ?? []] });
    const logits = await output.logits.data();
    const last = Array.from(logits.subarray(logits.length - 6144));
    const powers = rows.map((row) => Math.exp(last[row.at(-1) ?? 0] ?? NaN));
    const [answer] = answers;
    if (answer?.type !== "score") throw new Error("type");
    const total = (powers[0] ?? NaN) + (powers[1] ?? NaN);
    answer.probabilities.forEach(({ probability }, i) =>
      expect(probability).toBeCloseTo((powers[i] ?? NaN) / total, 4),
    );
    const all = last.reduce((sum, x) => sum + Math.exp(x), 0);
    expect(answer.confidence).toBeCloseTo(Math.max(...powers) / all, 4);
  });

  test("asks about conversations and calls, with many choices", async () => {
    const { answers } = await client.decisions.create({
      model,
      input: [
        { role: "user", content: [{ type: "input_text", text: "What is the weather?" }] },
        { type: "function_call", call_id: "c1", name: "weather", arguments: '{"city":"Oslo"}' },
        { type: "function_call_output", call_id: "c1", output: "rain" },
      ],
      questions: [
        {
          type: "choice",
          instructions: [{ type: "input_text", text: "Which one?" }],
          choices: Array.from({ length: 30 }, (_, i) => ({ value: `option ${i}` })),
        },
      ],
    });
    const [answer] = answers;
    if (answer?.type !== "choice") throw new Error("type");
    expect(answer.probabilities.length).toBe(30);
  });
});

const question = { type: "predicate", instructions: "True?" };
test.each([
  [{ questions: [question] }, "input"],
  [{ input, questions: [] }, "questions"],
  [{ input, questions: [{ type: "rank", instructions: "x" }] }, "questions.0.type"],
  [{ input, questions: [{ type: "choice", instructions: "x", choices: [{ value: "a" }] }] }, "questions.0.choices"],
  [
    { input, questions: [{ type: "choice", instructions: "x", choices: [{ value: "a" }, { value: "a" }] }] },
    "questions.0.choices",
  ],
  [{ input: [{ role: "user", content: [{ type: "input_image", image_url: "x" }] }], questions: [question] }, "input"],
  [{ input: "word ".repeat(5000), questions: [question] }, "input"],
])("%j is refused by name", async (body, param) => {
  const { status, body: told } = await postJson(`${server.url}/v1/decisions`, body);
  expect([status, (told as { error: { param: string } }).error.param]).toEqual([400, param]);
});
