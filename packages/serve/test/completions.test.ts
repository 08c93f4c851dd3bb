import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM, type Tokenizer } from "@helium-lm/helium";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { modelEntry } from "@helium-lm/serve";
import OpenAI from "openai";
import type { Completion, CompletionChoice } from "openai/resources/completions";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { openServer, type OpenServer } from "./open-server.ts";

let server: OpenServer;
let client: OpenAI;
let backend: Backend;
let model: ModelForCausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  server = await openServer();
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: "none", maxRetries: 0 });
  const folder = `${root}models/helium-nano`;
  backend = await createBackend("wasm", { threads: 1 });
  model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
  tokenizer = await AutoTokenizer.fromPretrained(folder);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  model.dispose();
  backend.dispose();
});

const prompt = "The weather in the mountains";
const greedy = { model: "helium-nano", prompt, temperature: 0, max_tokens: 12 } as const;

/** The greedy text of the library itself. */
async function generated(
  text: string,
  maxNewTokens: number,
): Promise<{ readonly ids: number[]; readonly text: string }> {
  const ids = tokenizer.encode(text);
  const { sequences } = await model.generate({ inputIds: [ids], maxNewTokens, doSample: false });
  const row = sequences[0] ?? [];
  const options = { skipSpecialTokens: true };
  return {
    ids: [...row.slice(ids.length)],
    text: tokenizer.decode(row, options).slice(tokenizer.decode(ids, options).length),
  };
}

/** The pieces of a stream as one answer. */
async function joined(chunks: AsyncIterable<Completion>): Promise<Map<number, CompletionChoice & { pieces: number }>> {
  const choices = new Map<number, CompletionChoice & { pieces: number }>();
  for await (const chunk of chunks)
    for (const choice of chunk.choices) {
      const known = choices.get(choice.index);
      if (!known) choices.set(choice.index, { ...choice, pieces: 1 });
      else {
        known.pieces++;
        known.text += choice.text;
        known.finish_reason ??= choice.finish_reason;
      }
    }
  return choices;
}

describe("a completion", () => {
  test("is the text of model.generate, with what it cost", async () => {
    const expected = await generated(prompt, 12);
    const answer = await client.completions.create(greedy);
    expect(answer).toMatchObject({
      object: "text_completion",
      model: "helium-nano",
      choices: [{ index: 0, text: expected.text, logprobs: null, finish_reason: "length", stop_reason: null }],
      usage: {
        prompt_tokens: tokenizer.encode(prompt).length,
        completion_tokens: 12,
        total_tokens: tokenizer.encode(prompt).length + 12,
      },
    });
    expect(answer.id).toMatch(/^cmpl-/);
    expect(answer.system_fingerprint).toMatch(/^fp_/);
    // The space between prompt and text belongs to the text.
    expect(answer.choices[0]?.text).toMatch(/^ \S/);
  });

  test("comes in pieces that join to it", async () => {
    const whole = await client.completions.create(greedy);
    const pieces = await joined(await client.completions.create({ ...greedy, stream: true }));
    expect(pieces.get(0)).toMatchObject({ text: whole.choices[0]?.text, finish_reason: "length" });
    expect(pieces.get(0)?.pieces).toBeGreaterThan(3);
  });
});

describe("prompts that are scored", () => {
  const texts = Array.from({ length: 24 }, (_, i) => `${i}. ${prompt} ${"and so on ".repeat(60)}`);

  test("leave nothing behind when the client goes", async () => {
    const controller = new AbortController();
    const asked = client.completions.create(
      { ...greedy, prompt: texts, echo: true, logprobs: 1 },
      { signal: controller.signal },
    );
    await expect.poll(() => server.server.admission.running).toBe(24);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    await expect.poll(() => server.server.admission.running).toBe(0);
    using lease = await server.server.registry.acquire("helium-nano");
    await expect.poll(() => lease.model.engine.stats()).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
  });

  test("wait for each other where there is room for three of them only", async () => {
    const asked = { ...greedy, prompt: texts.slice(0, 8), echo: true, logprobs: 1, max_tokens: 1 };
    const answers: Completion[] = [];
    for (const maxTokens of [768, 16_384]) {
      const engine = { maxTokens, kvDType: "f32" } as const;
      const entry = modelEntry("helium-nano", `${root}models/helium-nano`, { threads: 1, engine });
      await using opened = await openServer({ models: [entry] });
      const own = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
      answers.push(await own.completions.create(asked));
    }
    const [tight, roomy] = answers;
    expect(tight?.choices).toEqual(roomy?.choices);
  });
});

test("no more prompts of a request are at work than texts may be at once", async () => {
  const entry = modelEntry("helium-nano", `${root}models/helium-nano`, { threads: 1, engine: { maxTokens: 16_384 } });
  await using opened = await openServer({ models: [entry], maxSequences: 2 });
  const own = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
  const prompts = ["One", "Two", "Three", "Four", "Five"];
  using lease = await opened.server.registry.acquire("helium-nano");
  const asked = own.completions.create({ ...greedy, prompt: prompts, max_tokens: 40 });
  let isDone = false;
  let most = 0;
  const watched = asked.finally(() => (isDone = true));
  while (!isDone) {
    const { running, waiting } = await lease.model.engine.stats();
    most = Math.max(most, running + waiting);
  }
  const { choices } = await watched;
  expect(most).toBe(2);
  const alone = await client.completions.create({ ...greedy, prompt: prompts, max_tokens: 40 });
  expect(choices).toEqual(alone.choices);
});

test("an error before the first token has its status, also where the prompt is echoed", async () => {
  const format = { guided_json: { type: "no-such-type" } } as object;
  await expect(client.completions.create({ ...greedy, ...format, echo: true, stream: true })).rejects.toMatchObject({
    status: 400,
  });
});
