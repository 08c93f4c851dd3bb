import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chatModel } from "./chat-model.ts";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

let opened: OpenServer;
beforeAll(async () => {
  opened = await openServer({ models: [chatModel()] });
});
afterAll(async () => opened[Symbol.asyncDispose]());

interface Asked {
  readonly prompt: string;
  readonly stop: string;
  readonly temperature: number;
}

type Json = Record<string, unknown>;

interface StreamedApi {
  readonly path: string;
  readonly body: (asked: Asked) => Json;
  /** The text of a whole answer. */
  readonly whole: (body: Json) => string;
  /** The text that an event or a line adds. */
  readonly piece: (event: Json) => string;
}

const seed = 5;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const user = (content: string) => [{ role: "user", content }];

const apis: readonly StreamedApi[] = [
  {
    path: "/v1/responses",
    body: ({ prompt, temperature }) => ({ input: prompt, temperature, seed, max_output_tokens: 12 }),
    whole: ({ output }) => (output as { content: { text: string }[] }[]).map((item) => item.content[0]?.text).join(""),
    piece: ({ type, delta }) => (type === "response.output_text.delta" ? text(delta) : ""),
  },
  {
    path: "/v1/messages",
    // No seed: only the likeliest tokens are the same twice.
    body: ({ prompt, stop }) => ({ messages: user(prompt), temperature: 0, stop_sequences: [stop], max_tokens: 12 }),
    whole: ({ content }) => (content as { text: string }[]).map((block) => block.text).join(""),
    piece: ({ delta }) => text((delta as Json | undefined)?.["text"]),
  },
  {
    path: "/api/chat",
    body: ({ prompt, stop, temperature }) => ({
      model: "helium-chat",
      messages: user(prompt),
      options: { seed, temperature, stop: [stop], num_predict: 12 },
    }),
    whole: ({ message }) => text((message as Json)["content"]),
    piece: ({ message }) => text((message as Json)["content"]),
  },
  {
    path: "/api/generate",
    body: ({ prompt, stop, temperature }) => ({
      model: "helium-chat",
      raw: true,
      prompt,
      options: { seed, temperature, stop: [stop], num_predict: 12 },
    }),
    whole: ({ response }) => text(response),
    piece: ({ response }) => text(response),
  },
];

/** Events or lines, by the JSON that they hold. */
const eventsOf = (body: string): Json[] =>
  body
    .split("\n")
    .map((line) => line.replace(/^data: /, ""))
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Json);

test.each(apis.map((api) => [api.path, api] as const))("%s in pieces joins to the whole", async (path, api) => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        prompt: fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
        stop: fc.constantFrom(" the", "e", ".\n", "s of", "zzz"),
        temperature: fc.constantFrom(0, 1, 3),
      }),
      async (asked) => {
        const body = api.body(asked);
        const whole = await postJson(`${opened.url}${path}`, { ...body, stream: false });
        expect(whole.status).toBe(200);
        const streamed = await fetch(`${opened.url}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ ...body, stream: true }),
        });
        const pieces = eventsOf(await streamed.text()).map(api.piece);
        expect(pieces.join("")).toBe(api.whole(whole.body as Json));
      },
    ),
    { numRuns: 12, seed: 16 },
  );
});
