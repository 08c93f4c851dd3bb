import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM, type Tokenizer } from "@helium-lm/helium";
import { createBackend, type Backend } from "@helium-lm/tensor";
import OpenAI from "openai";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../../../testing/repository.ts";
import { chatModel } from "./chat-model.ts";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

let server: OpenServer;
let client: OpenAI;
let backend: Backend;
let model: ModelForCausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  server = await openServer({ models: [chatModel()] });
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

const messages = [{ role: "user", content: "Tell me a story." }] as const;
const greedy = { model: "helium-chat", messages: [...messages], temperature: 0, max_completion_tokens: 16 };

/** The greedy answer of the library itself. */
async function generated(
  prompt: string,
  maxNewTokens: number,
): Promise<{ ids: number[]; text: string; promptTokens: number }> {
  const ids = tokenizer.encode(prompt, { addSpecialTokens: false });
  const { sequences } = await model.generate({ inputIds: [ids], maxNewTokens, doSample: false });
  const row = sequences[0] ?? [];
  const options = { skipSpecialTokens: true };
  const text = tokenizer.decode(row, options).slice(tokenizer.decode(ids, options).length);
  return { ids: [...row.slice(ids.length)], text, promptTokens: ids.length };
}

const prompt = "<user>Tell me a story.<assistant>";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("an answer", () => {
  test("is the text of model.generate behind the template, with what it cost", async () => {
    const expected = await generated(prompt, 16);
    const answer = await client.chat.completions.create(greedy);
    expect(answer).toEqual({
      id: expect.stringMatching(/^chatcmpl-/) as string,
      object: "chat.completion",
      created: expect.any(Number) as number,
      model: "helium-chat",
      system_fingerprint: expect.stringMatching(/^fp_/) as string,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: expected.text, refusal: null },
          logprobs: null,
          finish_reason: "length",
          stop_reason: null,
        },
      ],
      usage: {
        prompt_tokens: expected.promptTokens,
        completion_tokens: 16,
        total_tokens: expected.promptTokens + 16,
        prompt_tokens_details: { cached_tokens: expect.any(Number) as number },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    });
  });

  test("comes in chunks: who speaks, what is said, why it ended, what it cost", async () => {
    const whole = await client.chat.completions.create(greedy);
    const chunks = await collect(
      await client.chat.completions.create({ ...greedy, stream: true, stream_options: { include_usage: true } }),
    );
    const [first] = chunks;
    const last = chunks.at(-2);
    const cost = chunks.at(-1);
    expect(first?.choices).toEqual([
      { index: 0, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null },
    ]);
    expect(last?.choices).toEqual([
      { index: 0, delta: {}, logprobs: null, finish_reason: "length", stop_reason: null },
    ]);
    expect(cost).toMatchObject({ choices: [], usage: { completion_tokens: 16 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    const said = chunks.slice(1, -2);
    expect(said.length).toBeGreaterThan(3);
    expect(said.map(({ choices }) => choices[0]?.delta.content).join("")).toBe(whole.choices[0]?.message.content);
    const shared = ({ id, object, created, model: name, system_fingerprint: print }: ChatCompletionChunk): object => ({
      ...{ id, object, created, name, print },
    });
    for (const chunk of chunks) expect(shared(chunk)).toEqual(shared(first as ChatCompletionChunk));
    expect(first?.object).toBe("chat.completion.chunk");
  });

  test("has no usage in its chunks unless asked, and in each of them where vLLM's field asks so", async () => {
    const plain = await collect(await client.chat.completions.create({ ...greedy, stream: true }));
    expect(plain.some((chunk) => "usage" in chunk)).toBe(false);
    const options = { include_usage: true, continuous_usage_stats: true } as { include_usage: boolean };
    const told = await collect(
      await client.chat.completions.create({ ...greedy, stream: true, stream_options: options }),
    );
    const counts = told.map(({ usage }) => usage?.completion_tokens ?? NaN);
    expect(counts.at(-1)).toBe(16);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  test("is the same by the client's helper for streams", async () => {
    const whole = await client.chat.completions.create(greedy);
    const stream = client.chat.completions.stream(greedy);
    let text = "";
    stream.on("content", (part) => (text += part));
    expect(await stream.finalContent()).toBe(whole.choices[0]?.message.content);
    expect(text).toBe(whole.choices[0]?.message.content);
  });

  test("the stream on the wire ends with [DONE]", async () => {
    const response = await fetch(`${server.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...greedy, stream: true }),
    });
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const events = (await response.text()).split("\n\n");
    expect(events.slice(-2)).toEqual(["data: [DONE]", ""]);
    expect(events.slice(0, -2).every((event) => event.startsWith('data: {"id":"chatcmpl-'))).toBe(true);
  });
});

describe("a client that leaves in the middle", () => {
  test.each([true, false])("frees its place (stream: %j)", async (stream) => {
    const controller = new AbortController();
    const asked = { ...greedy, max_completion_tokens: 900, n: 3, temperature: 1 };
    const { signal } = controller;
    if (stream) {
      const chunks = await client.chat.completions.create({ ...asked, stream: true }, { signal });
      let seen = 0;
      for await (const _ of chunks) if (++seen === 8) break;
    } else {
      const answer = client.chat.completions.create(asked, { signal });
      await expect.poll(() => server.server.admission.running).toBe(3);
      controller.abort();
      await expect(answer).rejects.toThrow(/abort/i);
    }
    await expect.poll(() => server.server.admission.running).toBe(0);
    using lease = await server.server.registry.acquire("helium-chat");
    await expect.poll(() => lease.model.engine.stats()).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
  });
});

describe("what templates get", () => {
  const ask = async (body: object): Promise<readonly number[]> => {
    const { body: told } = await postJson(`${server.baseUrl}/chat/completions`, {
      ...greedy,
      max_completion_tokens: 1,
      return_token_ids: true,
      ...body,
    });
    return (told as { prompt_token_ids: number[] }).prompt_token_ids;
  };
  test.each([
    [
      "roles",
      {
        messages: [
          { role: "system", content: "a" },
          { role: "user", content: "b" },
        ],
      },
      "<system>a<user>b<assistant>",
    ],
    ["developers as the system", { messages: [{ role: "developer", content: "a" }] }, "<system>a<assistant>"],
    [
      "parts of texts",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "a" },
              { type: "text", text: "b" },
            ],
          },
        ],
      },
      "<user>a\nb<assistant>",
    ],
    ["no beginning of an answer", { add_generation_prompt: false }, "<user>Tell me a story."],
    [
      "an answer to go on with",
      { messages: [...messages, { role: "assistant", content: "Once" }], continue_final_message: true },
      "<user>Tell me a story.<assistant>Once",
    ],
    [
      "another template",
      { chat_template: "{{ messages[0].content }}|{{ mood }}", chat_template_kwargs: { mood: "sad" } },
      "Tell me a story.|sad",
    ],
    [
      "the effort",
      {
        chat_template: "{{ reasoning_effort }}{% if enable_thinking == false %} no thoughts{% endif %}",
        reasoning_effort: "none",
      },
      "none no thoughts",
    ],
  ])("%s", async (_, body, expected) => {
    expect(await ask(body)).toEqual(tokenizer.encode(expected, { addSpecialTokens: false }));
  });

  test.each([
    [
      "calls and their results",
      { content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"x":1}' } }] },
      { role: "tool", tool_call_id: "c1", content: "sunny" },
    ],
    [
      "the older form of calls",
      { content: "", function_call: { name: "f", arguments: '{"x":1}' } },
      { role: "function", name: "f", content: "sunny" },
    ],
  ])("%s", async (_, call, result) => {
    const told = tokenizer.decode(await ask({ messages: [...messages, { role: "assistant", ...call }, result] }));
    expect(told).toMatch(/Tell me a story\..*<assistant>.*"f".*"x": ?1.*sunny.*<assistant>$/s);
  });

  test("an answer that goes on keeps the space in front of its first word", async () => {
    const begun = [...messages, { role: "assistant", content: "Once upon a" }] as const;
    const expected = await generated("<user>Tell me a story.<assistant>Once upon a", 8);
    const { body } = await postJson(`${server.baseUrl}/chat/completions`, {
      ...greedy,
      messages: begun,
      continue_final_message: true,
      max_tokens: 8,
      max_completion_tokens: null,
    });
    expect(body).toMatchObject({ choices: [{ message: { content: expected.text } }] });
  });
});
