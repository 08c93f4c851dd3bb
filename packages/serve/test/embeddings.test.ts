import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AutoModel, AutoTokenizer } from "@helium-lm/helium";
import { root } from "../../../testing/repository.ts";
import { openServer, type OpenServer } from "./open-server.ts";
import { postJson } from "./post-json.ts";

let server: OpenServer;
let client: OpenAI;
beforeAll(async () => {
  server = await openServer();
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: "none", maxRetries: 0 });
});
afterAll(() => server[Symbol.asyncDispose]());

const model = "helium-nano";
const texts = ["To install the system, you need a disk.", "Um das System zu installieren,", "A"];
const embed = async (input: OpenAI.EmbeddingCreateParams["input"], more: object = {}): Promise<number[][]> => {
  const { data } = await client.embeddings.create({ model, input, ...more });
  expect(data.map(({ index }) => index)).toEqual(data.map((_, index) => index));
  return data.map(({ embedding }) => embedding);
};

describe("openai's client", () => {
  test("gets the mean of the last hidden states, of length one", async () => {
    const folder = `${root}models/helium-nano`;
    const tokenizer = await AutoTokenizer.fromPretrained(folder);
    using trunk = await AutoModel.fromPretrained(folder, { backend: "cpu" });
    const vectors = await embed(texts);
    for (const [index, text] of texts.entries()) {
      using output = trunk.forward(tokenizer(text));
      const [, T = 0, C = 0] = output.lastHiddenState.shape;
      const states = await output.lastHiddenState.data();
      const mean = Array.from({ length: C }, (_, c) => {
        let sum = 0;
        for (let t = 0; t < T; t++) sum += states[t * C + c] ?? NaN;
        return sum / T;
      });
      const length = Math.hypot(...mean);
      mean.forEach((value, c) => expect(vectors[index]?.[c]).toBeCloseTo(value / length, 4));
    }
  });

  test("gets the same in base64, which it asks for by itself, as numbers, one by one and as token ids", async () => {
    const packed = await embed(texts);
    const numbers = await embed(texts, { encoding_format: "float" });
    const alone = await Promise.all(texts.map(async (text) => (await embed(text))[0]));
    const tokenizer = await AutoTokenizer.fromPretrained(`${root}models/helium-nano`);
    const ids = await embed(texts.map((text) => tokenizer.encode(text)));
    for (const other of [numbers, alone, ids])
      packed.forEach((vector, i) => vector.forEach((value, c) => expect(other[i]?.[c]).toBeCloseTo(value, 5)));
  });

  test("gets as many numbers as it asks for", async () => {
    const [whole = [], cut = []] = [(await embed("Hello"))[0], (await embed("Hello", { dimensions: 8 }))[0]];
    expect(cut.length).toBe(8);
    const length = Math.hypot(...whole.slice(0, 8));
    cut.forEach((value, c) => expect(value).toBeCloseTo((whole[c] ?? NaN) / length, 5));
  });

  test("is told how many tokens were read", async () => {
    const { usage } = await client.embeddings.create({ model, input: [[1, 2, 3], [4]] });
    expect(usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
  });
});

test("more texts than are computed at once", async () => {
  await using small = await openServer({ maxSequences: 2 });
  const input = Array.from({ length: 20 }, (_, i) => `Text ${i}`);
  const { status, body } = await postJson(`${small.url}/v1/embeddings`, { input });
  expect([status, (body as { data: unknown[] }).data.length]).toEqual([200, 20]);
  expect(small.server.admission.running).toBe(0);
});

test.each([
  [{}, "input"],
  [{ input: "", model: "gpt-0" }, "model"],
  [{ input: [1, -1] }, "input.1"],
  [{ input: [[]] }, "input"],
  [{ input: "a", dimensions: 257 }, "dimensions"],
  [{ input: "a", pooling: "max" }, "pooling"],
  [{ input: "a", encoding_format: "hex" }, "encoding_format"],
  [{ input: "word ".repeat(5000) }, "input"],
])("%j is refused by name", async (body, param) => {
  const { status, body: told } = await postJson(`${server.url}/v1/embeddings`, body);
  expect(status).toBe(param === "model" ? 404 : 400);
  expect(told).toMatchObject({ error: { param } });
});
