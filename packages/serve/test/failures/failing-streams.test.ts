import { EngineHandle, type InferenceEngine } from "@helium-lm/helium";
import { ServedModel, type ModelEntry } from "@helium-lm/serve";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { chatModel } from "../chat/chat-model.ts";
import { openServer } from "../open-server.ts";

/** A model whose engine gives so many tokens of each text, and then fails. */
const failingAfter = (count: number): ModelEntry => ({
  id: "failing",
  load: async (signal) => {
    const model = await chatModel({ id: "failing" }).load(signal);
    const { engine } = model;
    const submit: InferenceEngine["submit"] = (request) =>
      new EngineHandle((sink) => {
        const given = engine.submit(request);
        const relay = async (): Promise<void> => {
          for await (const token of given) {
            if (token.index === count) throw new Error("a secret of the machine");
            sink.token(token, given.stats);
          }
        };
        relay().catch((error: unknown) => sink.fail(error));
        return (reason) => given.cancel(reason);
      });
    const failing = new Proxy(engine, {
      get: (target, name) => {
        if (name === "submit") return submit;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    return new ServedModel("failing", model, failing, { chatTemplate: model.chatTemplate });
  },
});

const chat = { messages: [{ role: "user" as const, content: "Hi" }], max_tokens: 20, temperature: 0 };
const text = { prompt: "Hi", max_tokens: 20, temperature: 0 };

test("what fails in the middle of a stream ends it with an error that tells no secrets", async () => {
  const logged: unknown[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (facts: unknown) => logged.push(facts) };
  await using opened = await openServer({ models: [failingAfter(4)], log });
  const client = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
  const streams = [
    await client.chat.completions.create({ ...chat, model: "failing", stream: true }),
    await client.completions.create({ ...text, model: "failing", stream: true }),
  ];
  for (const stream of streams) {
    let pieces = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of stream) pieces += chunk.choices.length;
    };
    await expect(read()).rejects.toThrow(/failed to answer this request/);
    expect(pieces).toBeGreaterThan(1);
  }
  await expect.poll(() => opened.server.admission.running).toBe(0);
  for (const [path, body] of [
    ["chat/completions", chat],
    ["completions", text],
  ] as const) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${opened.baseUrl}/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify({ ...body, stream: true }),
    });
    const events = (await response.text()).split("\n\n");
    expect(events.slice(-2)).toEqual(["data: [DONE]", ""]);
    expect(JSON.parse(events.at(-3)?.slice(6) ?? "")).toMatchObject({
      error: { type: "server_error", code: "internal_error", param: null },
    });
    expect(events.join()).not.toContain("secret");
    expect(logged.at(-1)).toMatchObject({ path: `/v1/${path}`, requestId: response.headers.get("x-request-id") });
  }
});

test("what fails before the first token has its own status", async () => {
  await using opened = await openServer({ models: [failingAfter(0)] });
  const client = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
  for (const stream of [true, false]) {
    await expect(client.chat.completions.create({ ...chat, model: "failing", stream })).rejects.toMatchObject({
      status: 500,
    });
    await expect(client.completions.create({ ...text, model: "failing", stream })).rejects.toMatchObject({
      status: 500,
    });
  }
  await expect.poll(() => opened.server.admission.running).toBe(0);
});
