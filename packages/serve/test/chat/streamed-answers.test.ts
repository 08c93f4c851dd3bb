import fc from "fast-check";
import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import type { CompletionCreateParamsNonStreaming } from "openai/resources/completions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chatModel, colon } from "./chat-model.ts";
import { openServer, type OpenServer } from "../open-server.ts";

let server: OpenServer;
let client: OpenAI;
beforeAll(async () => {
  server = await openServer({ models: [chatModel({ eosTokenId: [2, colon] })] });
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: "none", maxRetries: 0 });
});
afterAll(() => server[Symbol.asyncDispose]());

/** What a request may say beside its prompt; letters are often part of a text, so that stops within tokens are found. */
const asked = fc.record({
  temperature: fc.constantFrom(0, 0.7, 1.5),
  seed: fc.nat(1000),
  n: fc.integer({ min: 1, max: 3 }),
  max_tokens: fc.integer({ min: 1, max: 14 }),
  stop: fc.option(
    fc.array(fc.constantFrom("e", " t", "th", "\n", "er ", "and", "é", "the f", ". "), { minLength: 1, maxLength: 3 }),
    { nil: null },
  ),
  include_stop_str_in_output: fc.boolean(),
  min_tokens: fc.constantFrom(0, 0, 1),
  presence_penalty: fc.constantFrom(0, 1),
  ignore_eos: fc.boolean(),
  skip_special_tokens: fc.boolean(),
  return_token_ids: fc.boolean(),
});

const prompts = ["The weather", "Où est la gare? 🦙", "a", "1, 2, 3, 4,"];

type Json = Record<string, unknown>;

/** Pieces of choices as whole ones: texts and lists are joined, and of other values the last counts. */
function joined(chunks: readonly object[], join: (whole: Json, piece: Json) => Json): Json[] {
  const choices: Json[] = [];
  for (const chunk of chunks as readonly { choices: { index: number }[] }[])
    for (const piece of chunk.choices) choices[piece.index] = join(choices[piece.index] ?? {}, piece);
  return choices;
}

/** `a` and then `b`. */
function both(a: unknown, b: unknown): unknown {
  if (a === null || a === undefined) return b;
  if (b === null || b === undefined) return a;
  if (typeof a === "string" && typeof b === "string") return a + b;
  const listed: readonly unknown[] = [a, b];
  if (listed.every(Array.isArray)) return listed.flat();
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, both((a as Json)[name], (b as Json)[name])]));
}

async function collect(items: AsyncIterable<object>): Promise<object[]> {
  const all: object[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Pages that an earlier request left are known to the second of two. */
const cost = (usage: unknown): unknown => ({ ...(usage as Json), prompt_tokens_details: null });

test("a streamed completion joins to the one in one piece", async () => {
  const more = fc.record({
    prompt: fc.oneof(
      fc.constantFrom(...prompts),
      fc.array(fc.constantFrom(...prompts), { minLength: 1, maxLength: 2 }),
    ),
    logprobs: fc.constantFrom(null, 0, 3),
    echo: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(asked, more, async (some, others) => {
      const body = { model: "helium-chat", ...some, ...others } as CompletionCreateParamsNonStreaming;
      const whole = await client.completions.create(body);
      const chunks = await collect(
        await client.completions.create({ ...body, stream: true, stream_options: { include_usage: true } }),
      );
      const choices = joined(chunks, (known, piece) => ({
        ...known,
        ...piece,
        text: both(known["text"], piece["text"]),
        logprobs: both(known["logprobs"], piece["logprobs"]),
        ...("token_ids" in piece && { token_ids: both(known["token_ids"], piece["token_ids"]) }),
      }));
      expect(choices).toEqual(whole.choices);
      expect(cost((chunks.at(-1) as Json)["usage"])).toEqual(cost(whole.usage));
    }),
    { seed: 1, numRuns: 40 },
  );
});

test("a streamed chat joins to the one in one piece", async () => {
  const more = fc.record({
    logprobs: fc.boolean(),
    top_logprobs: fc.constantFrom(0, 2),
    content: fc.constantFrom(...prompts),
  });
  await fc.assert(
    fc.asyncProperty(asked, more, async (some, { logprobs, top_logprobs: top, content }) => {
      const body = {
        model: "helium-chat",
        ...some,
        messages: [{ role: "user", content }],
        logprobs,
        ...(logprobs && { top_logprobs: top }),
      } as ChatCompletionCreateParamsNonStreaming;
      const whole = await client.chat.completions.create(body);
      const chunks = await collect(await client.chat.completions.create({ ...body, stream: true }));
      const choices = joined(chunks, (known, piece) => {
        const { delta, ...rest } = piece;
        return {
          ...known,
          ...rest,
          message: both(known["message"], delta),
          logprobs: both(known["logprobs"], rest["logprobs"]),
          ...("token_ids" in piece && { token_ids: both(known["token_ids"], piece["token_ids"]) }),
        };
      });
      const refusal = null;
      expect(choices.map(({ message, ...rest }) => ({ ...rest, message: { ...(message as Json), refusal } }))).toEqual(
        whole.choices,
      );
    }),
    { seed: 1, numRuns: 40 },
  );
});
