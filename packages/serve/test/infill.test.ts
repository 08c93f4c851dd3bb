import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoTokenizer } from "@helium-lm/helium";
import { modelEntry } from "@helium-lm/serve";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { openServer, type OpenServer } from "./open-server.ts";
import { postJson } from "./post-json.ts";

interface TokenizerFile {
  readonly model: { readonly vocab: [string, number][] };
  readonly added_tokens: unknown[];
}

let folder: string;
let server: OpenServer;
const marks = ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"];

/** helium-nano with three rare tokens for gaps. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "infill-"));
  cpSync(`${root}models/helium-nano`, folder, { recursive: true });
  const file = JSON.parse(readFileSync(`${folder}/tokenizer.json`, "utf8")) as TokenizerFile;
  const first = file.model.vocab.length - marks.length;
  marks.forEach((content, i) => {
    (file.model.vocab[first + i] as [string, number])[0] = content;
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    file.added_tokens.push({ id: first + i, content, ...flags });
  });
  writeFileSync(`${folder}/tokenizer.json`, JSON.stringify(file));
  server = await openServer({
    models: [
      modelEntry("code", folder, { threads: 1 }),
      modelEntry("helium-nano", `${root}models/helium-nano`, { threads: 1 }),
    ],
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const gap = { input_prefix: "To install the system, ", input_suffix: " and restart.", n_predict: 6, temperature: 0 };

test("fills a gap: the prompt is both parts between their tokens", async () => {
  const tokenizer = await AutoTokenizer.fromPretrained(folder);
  const part = (text: string): number[] => tokenizer.encode(text, { addSpecialTokens: false });
  const prompt = [1, 6141, ...part(gap.input_prefix), 6142, ...part(gap.input_suffix), 6143, ...part("you")];
  const { status, body } = await postJson(`${server.url}/infill`, { ...gap, prompt: "you" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ tokens_evaluated: prompt.length, tokens_predicted: 6, stop: true, stop_type: "limit" });
  const { content, tokens } = body as { content: string; tokens: number[] };
  expect(content.trim()).toBe(tokenizer.decode(tokens, { skipSpecialTokens: true }).trim());
});

test("as parts that join to the same", async () => {
  const whole = (await postJson(`${server.url}/infill`, gap)).body as { content: string };
  const response = await fetch(`${server.url}/infill`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...gap, stream: true }),
  });
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const parts = (await response.text())
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => JSON.parse(event.slice(6)) as { content: string; stop: boolean });
  expect(parts.map(({ content }) => content).join("")).toBe(whole.content);
  expect(parts.map(({ stop }) => stop)).toEqual([...parts.slice(1).map(() => false), true]);
  expect(server.server.admission.running).toBe(0);
});

test("a model that was not made for it says so", async () => {
  const { status, body } = await postJson(`${server.url}/infill`, { ...gap, model: "helium-nano" });
  expect(status).toBe(400);
  expect(body).toMatchObject({
    error: { param: "input_suffix", message: expect.stringContaining("no such tokens") as string },
  });
});

test("Ollama's suffix fills the same gap", async () => {
  const whole = (await postJson(`${server.url}/infill`, gap)).body as { content: string };
  const asked = { model: "code", prompt: gap.input_prefix, suffix: gap.input_suffix, stream: false };
  const { body } = await postJson(`${server.url}/api/generate`, {
    ...asked,
    options: { num_predict: 6, temperature: 0 },
  });
  expect(body).toMatchObject({ response: whole.content, done_reason: "length", eval_count: 6 });
  const shown = await postJson(`${server.url}/api/show`, { model: "code" });
  expect(shown.body).toMatchObject({ capabilities: ["completion", "insert"] });
});

test("OpenAI's suffix fills it too, for prompts that are texts", async () => {
  const whole = (await postJson(`${server.url}/infill`, gap)).body as { content: string };
  const asked = { model: "code", suffix: gap.input_suffix, max_tokens: 6, temperature: 0 };
  const { body } = await postJson(`${server.baseUrl}/completions`, { ...asked, prompt: gap.input_prefix });
  expect(body).toMatchObject({ choices: [{ text: whole.content, finish_reason: "length" }] });
  const { status, body: told } = await postJson(`${server.baseUrl}/completions`, { ...asked, prompt: [5, 6] });
  expect({ status, told }).toMatchObject({ status: 400, told: { error: { param: "suffix" } } });
});
