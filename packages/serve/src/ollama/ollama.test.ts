import { Ollama, type ChatResponse, type GenerateResponse } from "ollama";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chatModel } from "../../test/chat/chat-model.ts";
import { openServer, type OpenServer } from "../../test/open-server.ts";
import { postJson } from "../../test/post-json.ts";

let opened: OpenServer;
let client: Ollama;

beforeAll(async () => {
  opened = await openServer({ models: [chatModel()] });
  client = new Ollama({ host: opened.url });
});
afterAll(async () => opened[Symbol.asyncDispose]());

const model = "helium-chat";
const options = { temperature: 0, num_predict: 12 };
const messages = [{ role: "user", content: "How do I print a page?" }];

test("a chat answers in one piece, with its times in nanoseconds", async () => {
  const since = performance.now();
  const answered = await client.chat({ model, messages, options });
  const ms = performance.now() - since;
  expect(answered).toMatchObject({
    model,
    message: { role: "assistant" },
    done: true,
    done_reason: "length",
    eval_count: 12,
  });
  expect(answered.message.content).not.toBe("");
  const { total_duration: total, load_duration: load, prompt_eval_duration: prompt, eval_duration: write } = answered;
  for (const duration of [total, load, prompt, write]) expect(Number.isInteger(duration)).toBe(true);
  expect(total / 1e6).toBeLessThanOrEqual(ms + 1);
  expect(total).toBeGreaterThanOrEqual(load + prompt + write);
  expect(write).toBeGreaterThan(0);
  const counted = await postJson(`${opened.url}/tokenize`, { messages });
  expect(counted.body).toMatchObject({ count: answered.prompt_eval_count });
});

test("a chat streams lines of JSON that join to the same answer", async () => {
  const whole = await client.chat({ model, messages, options });
  const lines: ChatResponse[] = [];
  for await (const line of await client.chat({ model, messages, options, stream: true })) lines.push(line);
  expect(lines.map(({ message }) => message.content).join("")).toBe(whole.message.content);
  expect(lines.slice(0, -1).every(({ done }) => !done)).toBe(true);
  expect(lines.at(-1)).toMatchObject({ done: true, done_reason: "length", message: { content: "" }, eval_count: 12 });
  expect(lines.length).toBeGreaterThan(4);
});

test("streams are what is asked for where nothing is said", async () => {
  const response = await fetch(`${opened.url}/api/chat`, {
    method: "POST",
    // As curl sends it.
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: JSON.stringify({ model: `${model}:latest`, messages, options }),
  });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  const lines = (await response.text()).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as ChatResponse).done)).toEqual(
    lines.map((_, at) => at === lines.length - 1),
  );
});

test("a prompt is answered by the template, whole and in lines", async () => {
  const prompt = "How do I print a page?";
  const chat = await client.chat({ model, messages, options });
  const whole = await client.generate({ model, prompt, options });
  expect(whole).toMatchObject({ response: chat.message.content, done: true, done_reason: "length", eval_count: 12 });
  const lines: GenerateResponse[] = [];
  for await (const line of await client.generate({ model, prompt, options, stream: true })) lines.push(line);
  expect(lines.map(({ response }) => response).join("")).toBe(whole.response);
  const system = await client.generate({ model, prompt, system: "Be short.", options });
  const same = await client.chat({ model, messages: [{ role: "system", content: "Be short." }, ...messages], options });
  expect(system.response).toBe(same.message.content);
});

test("raw leaves the template out, template brings another one", async () => {
  const prompt = "To print a page, choose";
  const raw = await client.generate({ model, prompt, raw: true, options });
  const template = "{% for message in messages %}{{ message.content }}{% endfor %}";
  const completion = await postJson(`${opened.baseUrl}/completions`, { model, prompt, temperature: 0, max_tokens: 12 });
  expect(completion.body).toMatchObject({ choices: [{ text: raw.response }] });
  const templated = await client.generate({ model, prompt, template: `{{ bos_token }}${template}`, options });
  expect(templated.response).toBe(raw.response);
});

test("a stop string ends an answer", async () => {
  const { message } = await client.chat({ model, messages, options });
  const stop = message.content.slice(6, 10);
  const stopped = await client.chat({ model, messages, options: { ...options, stop: [stop] } });
  expect(stopped).toMatchObject({ done_reason: "stop" });
  expect(stopped.message.content).toBe(message.content.slice(0, message.content.indexOf(stop)));
});

test("options draw the same text from the same seed", async () => {
  const drawn = {
    num_predict: 12,
    temperature: 1.5,
    top_k: 50,
    top_p: 0.95,
    min_p: 0.01,
    seed: 7,
    repeat_penalty: 1.1,
  };
  const [first, second] = [
    await client.chat({ model, messages, options: drawn }),
    await client.chat({
      model,
      messages,
      options: { ...drawn, num_ctx: 512, num_thread: 8, num_keep: 4, mirostat: 0 },
    }),
  ];
  expect(first.message.content).toBe(second.message.content);
  const other = await client.chat({ model, messages, options: { ...drawn, seed: 8 } });
  expect(other.message.content).not.toBe(first.message.content);
});

test("a text ends with the context that was asked for", async () => {
  const answered = await client.chat({ model, messages, options: { temperature: 0, num_ctx: 64 } });
  expect(answered.prompt_eval_count + answered.eval_count).toBeLessThanOrEqual(64);
  const { num_predict: _, ...rest } = options;
  const limited = await client.chat({ model, messages, options: { ...rest, num_ctx: 64, num_predict: 1000 } });
  expect(limited.message.content).toBe(answered.message.content);
});

test("log-probabilities come for the tokens of the text", async () => {
  const { logprobs = [], response } = await client.generate({
    model,
    prompt: "Print",
    options,
    logprobs: true,
    top_logprobs: 2,
  });
  expect(logprobs).toHaveLength(12);
  expect(
    logprobs
      .map(({ token }) => token)
      .join("")
      .trimStart(),
  ).toBe((response ?? "").trimStart());
  for (const { token, logprob, top_logprobs: top } of logprobs) expect(top?.[0]).toMatchObject({ token, logprob });
});

test("a request without a prompt loads the model, and one with keep_alive 0 frees it", async () => {
  expect(await client.chat({ model, messages: [] })).toMatchObject({ done: true, done_reason: "load" });
  expect((await client.ps()).models.map(({ name }) => name)).toEqual(["helium-chat:latest"]);
  expect(await client.generate({ model, prompt: "", keep_alive: 0 })).toMatchObject({
    response: "",
    done: true,
    done_reason: "unload",
  });
  expect((await client.ps()).models).toEqual([]);
  expect(await client.generate({ model, prompt: "" })).toMatchObject({ done_reason: "load" });
});

test("keep_alive of a request that is answered says how long the model stays", async () => {
  const names = async (): Promise<string[]> => (await client.ps()).models.map(({ name }) => name);
  const prompt = { model, prompt: "a", options: { num_predict: 1 } };
  await client.generate({ ...prompt, keep_alive: "1h30m" });
  expect(await names()).toEqual(["helium-chat:latest"]);
  await client.generate({ ...prompt, keep_alive: 0 });
  await expect.poll(names).toEqual([]);
  await client.embed({ model, input: "a", keep_alive: "-1s" });
  expect(await names()).toEqual(["helium-chat:latest"]);
});

test("models are listed, shown and in memory", async () => {
  const { models } = await client.list();
  expect(models).toMatchObject([
    { name: "helium-chat:latest", digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
  ]);
  const shown = await client.show({ model });
  expect(shown).toMatchObject({
    details: { family: "helium", quantization_level: "BF16" },
    capabilities: ["completion", "tools"],
    model_info: {
      "general.architecture": "helium",
      "helium.context_length": 1024,
      "helium.embedding_length": 256,
      "helium.block_count": 6,
      "helium.attention.head_count": 4,
    },
  });
  expect(shown.template).toContain("add_generation_prompt");
  const { models: running } = await client.ps();
  expect(running).toMatchObject([{ name: "helium-chat:latest", size_vram: 0 }]);
  expect(Date.parse(String(running[0]?.expires_at))).toBeGreaterThan(Date.now());
  expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/);
});

test("texts become vectors, the same as OpenAI's route gives", async () => {
  const input = ["How do I print?", "Save the file."];
  const { embeddings, prompt_eval_count: count } = await client.embed({ model, input });
  const { body } = await postJson(`${opened.baseUrl}/embeddings`, { model, input });
  const told = body as { data: { embedding: number[] }[]; usage: { prompt_tokens: number } };
  expect(embeddings).toEqual(told.data.map(({ embedding }) => embedding));
  expect(count).toBe(told.usage.prompt_tokens);
  for (const vector of embeddings) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  const { embedding } = await client.embeddings({ model, prompt: "Save the file." });
  expect(embedding).toEqual(embeddings[1]);
  const short = await client.embed({ model, input: "Save the file.", dimensions: 16 });
  expect(short.embeddings[0]).toHaveLength(16);
});

test("a client that hangs up gives its place back", async () => {
  const stream = await client.chat({ model, messages, options: { num_predict: 800, temperature: 0 }, stream: true });
  await expect(
    (async () => {
      for await (const _ of stream) stream.abort();
    })(),
  ).rejects.toThrow(/abort/i);
  await expect.poll(() => opened.server.admission.running).toBe(0);
});

test("what a server does not do is told by its name", async () => {
  const refused: readonly (() => Promise<unknown>)[] = [
    () => client.pull({ model: "llama3" }),
    () => client.push({ model: "llama3" }),
    () => client.create({ model: "a", from: "b" }),
    () => client.copy({ source: "a", destination: "b" }),
    () => client.delete({ model: "a" }),
  ];
  for (const request of refused)
    await expect(request()).rejects.toMatchObject({
      status_code: 501,
      error: expect.stringMatching(/^\/api\/\w+: is not done by this server/) as string,
    });
});

test("a model that is not there is not found", async () => {
  await expect(client.chat({ model: "llama3", messages })).rejects.toMatchObject({
    status_code: 404,
    error: expect.stringContaining("llama3") as string,
  });
  await expect(client.generate({ model: "llama3:latest", prompt: "a" })).rejects.toMatchObject({ status_code: 404 });
  await expect(client.show({ model: "llama3" })).rejects.toMatchObject({ status_code: 404 });
});

const long = "far too long ".repeat(800);
const bad: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["chat", { model: undefined }, "model"],
  ["chat", { model: 5 }, "model"],
  ["chat", { messages: "hi" }, "messages"],
  ["chat", { messages: [{ role: "robot", content: "a" }] }, "messages.0.role"],
  ["chat", { messages: [{ role: "user", content: 5 }] }, "messages.0.content"],
  ["chat", { messages: [{ role: "user", content: "a", images: ["AAAA"] }] }, "messages.0.images"],
  ["chat", { messages: [{ role: "tool", content: "a" }] }, "messages.0"],
  ["chat", { messages: [{ role: "user", content: long }] }, "messages"],
  ["chat", { tools: [{ type: "web" }] }, "tools.0.type"],
  ["chat", { tools: [{ type: "function", function: {} }] }, "tools.0.function.name"],
  ["chat", { format: "xml" }, "format"],
  ["chat", { format: { type: "nonsense" } }, "format"],
  ["chat", { think: "deeply" }, "think"],
  ["chat", { stream: "yes" }, "stream"],
  ["chat", { top_logprobs: 21 }, "top_logprobs"],
  ["chat", { keep_alive: [] }, "keep_alive"],
  ["chat", { keep_alive: "5 minutes" }, "keep_alive"],
  ["chat", { options: { temperature: "hot" } }, "options.temperature"],
  ["chat", { options: { num_predict: 1.5 } }, "options.num_predict"],
  ["chat", { options: { num_ctx: 0 } }, "options.num_ctx"],
  ["chat", { options: { num_ctx: 4 } }, "messages"],
  ["chat", { options: { top_p: 2 } }, "options.top_p"],
  ["chat", { options: { stop: [5] } }, "options.stop"],
  ["chat", { options: { mirostat: 2 } }, "options.mirostat"],
  ["chat", { options: { typical_p: 0.5 } }, "options.typical_p"],
  ["chat", { options: { repeat_penalty: 1.1, repeat_last_n: 64 } }, "options.repeat_last_n"],
  ["generate", { model: undefined }, "model"],
  ["generate", { prompt: ["a"] }, "prompt"],
  ["generate", { prompt: long }, "prompt"],
  ["generate", { images: ["AAAA"] }, "images"],
  ["generate", { context: [1, 2] }, "context"],
  ["generate", { raw: true, system: "a" }, "system"],
  ["generate", { suffix: "b" }, "suffix"],
  ["generate", { template: "{% if %}" }, "chat template"],
  ["embed", {}, "input"],
  ["embed", { input: [] }, "input"],
  ["embed", { input: long }, "input"],
  ["embed", { input: "a", dimensions: 0 }, "dimensions"],
];

test.each(bad)("/api/%s with %j is refused by name", async (path, fields, field) => {
  const body = {
    model,
    stream: false,
    ...(path === "chat" ? { messages } : path === "generate" && { prompt: "a" }),
    ...fields,
  };
  const answered = await postJson(`${opened.url}/api/${path}`, body);
  expect(answered).toMatchObject({ status: 400, body: { error: expect.any(String) as string } });
  expect(Object.keys(answered.body as object)).toEqual(["error"]);
  expect((answered.body as { error: string }).error.slice(0, field.length)).toBe(field);
});
