import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM, type Tokenizer } from "@helium-lm/helium";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { modelEntry } from "@helium-lm/serve";
import { openServer, type OpenServer } from "./open-server.ts";
import { postJson } from "./post-json.ts";

interface Logprobs {
  readonly tokens: string[];
  readonly token_logprobs: (number | null)[];
  readonly top_logprobs: (Record<string, number> | null)[];
  readonly text_offset: number[];
}

interface Choice {
  readonly text: string;
  readonly finish_reason: string;
  readonly stop_reason: string | number | null;
  readonly logprobs: Logprobs | null;
  readonly token_ids: number[];
  readonly prompt_token_ids: number[];
  readonly prompt_logprobs: (Record<string, { logprob: number; rank: number; decoded_token: string }> | null)[];
}

interface Answer {
  readonly choices: Choice[];
  readonly usage: {
    prompt_tokens: number;
    completion_tokens: number;
    prompt_tokens_details: { cached_tokens: number };
  };
}

let server: OpenServer;
let backend: Backend;
let model: ModelForCausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  const folder = `${root}models/helium-nano`;
  const options = { threads: 1, dtype: "f32", engine: { maxTokens: 16_384, kvDType: "f32" } } as const;
  server = await openServer({ models: [modelEntry("helium-nano", folder, options)] });
  backend = await createBackend("wasm", { threads: 1 });
  model = await AutoModelForCausalLM.fromPretrained(folder, { backend, dtype: "f32", kvDType: "f32" });
  tokenizer = await AutoTokenizer.fromPretrained(folder);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  model.dispose();
  backend.dispose();
});

async function complete(body: object): Promise<Answer> {
  const { status, body: answer } = await postJson(`${server.baseUrl}/completions`, { temperature: 0, ...body });
  expect({ status, error: (answer as { error?: unknown }).error }).toEqual({ status: 200, error: undefined });
  return answer as Answer;
}

const only = async (body: object): Promise<Choice> => (await complete(body)).choices[0] as Choice;

const prompt = "Où est la gare? 🦙 It is";

describe("prompts", () => {
  test("are texts, lists of texts, tokens or lists of tokens, with the same answers", async () => {
    const texts = ["The sea", "Once upon a time"];
    const ids = texts.map((text) => tokenizer.encode(text));
    const each = [await only({ prompt: texts[0] }), await only({ prompt: texts[1] })].map(({ text }) => text);
    expect((await only({ prompt: ids[0] })).text).toBe(each[0]);
    for (const list of [texts, ids]) {
      const { choices, usage } = await complete({ prompt: list });
      expect(choices.map(({ text }) => text)).toEqual(each);
      expect(usage.prompt_tokens).toBe(ids.flat().length);
      expect(usage.completion_tokens).toBe(32);
    }
  });

  test("have n texts each, in the order of the prompts, drawn from seeds of their own", async () => {
    const drawn = { temperature: 1, seed: 5, max_tokens: 6 };
    const { choices } = await complete({ ...drawn, prompt: ["The sea", "A dog"], n: 2 });
    const alone = [
      await only({ ...drawn, prompt: "The sea" }),
      await only({ ...drawn, prompt: "The sea", seed: 6 }),
      await only({ ...drawn, prompt: "A dog" }),
      await only({ ...drawn, prompt: "A dog", seed: 6 }),
    ];
    expect(choices.map(({ text }) => text)).toEqual(alone.map(({ text }) => text));
    expect(alone[0]?.text).not.toBe(alone[1]?.text);
  });

  test("are echoed as they were given, before nothing or before new text", async () => {
    const plain = await only({ prompt, max_tokens: 4 });
    expect((await only({ prompt, max_tokens: 4, echo: true })).text).toBe(prompt + plain.text);
    const { choices, usage } = await complete({ prompt, max_tokens: 0, echo: true });
    expect(choices).toMatchObject([{ text: prompt, finish_reason: "length", logprobs: null }]);
    expect(usage.completion_tokens).toBe(0);
    const ids = tokenizer.encode(prompt);
    expect((await only({ prompt: ids, max_tokens: 0, echo: true })).text).toBe(prompt);
    expect(await only({ prompt, max_tokens: 0 })).toMatchObject({ text: "", finish_reason: "length" });
  });
});

describe("log-probabilities", () => {
  test("of an echoed prompt are those of model.scoreTokens", async () => {
    const ids = tokenizer.encode(prompt);
    const scores = await model.scoreTokens({ inputIds: ids, top: 2 });
    for (const maxTokens of [0, 1]) {
      const { logprobs, token_ids: written } = await only({
        prompt,
        echo: true,
        logprobs: 2,
        max_tokens: maxTokens,
        return_token_ids: true,
      });
      expect(written).toHaveLength(maxTokens);
      expect(logprobs?.tokens).toHaveLength(ids.length + maxTokens);
      expect(logprobs?.token_logprobs[0]).toBe(null);
      expect(logprobs?.top_logprobs[0]).toBe(null);
      scores.forEach(({ logprob, isLikeliest }, i) => {
        const given = logprobs?.token_logprobs[i + 1] ?? NaN;
        expect(Math.abs(given - logprob)).toBeLessThan(1e-4);
        const top = Object.values(logprobs?.top_logprobs[i + 1] ?? {});
        // How lm-evaluation-harness finds out whether a token is the likeliest.
        expect(given === Math.max(...top)).toBe(isLikeliest);
        expect([2, 3]).toContain(top.length);
      });
    }
  });

  test("of new text come with its tokens, which are the text", async () => {
    const {
      text,
      logprobs,
      token_ids: ids,
    } = await only({ prompt, logprobs: 1, max_tokens: 9, return_token_ids: true });
    expect(logprobs?.tokens).toHaveLength(9);
    expect(logprobs?.tokens.join("")).toBe(text);
    // Greedy: each token is the likeliest in its place.
    logprobs?.top_logprobs.forEach((top, i) =>
      expect(top).toEqual({ [logprobs.tokens[i] ?? ""]: logprobs.token_logprobs[i] }),
    );
    const scores = await model.scoreTokens({
      inputIds: [...tokenizer.encode(prompt), ...ids],
      from: tokenizer.encode(prompt).length,
    });
    scores.forEach(({ logprob }, i) =>
      expect(Math.abs((logprobs?.token_logprobs[i] ?? NaN) - logprob)).toBeLessThan(1e-4),
    );
  });

  test("tell where each token begins in the text, in characters of Unicode", async () => {
    const { text, logprobs } = await only({ prompt, echo: true, logprobs: 0, max_tokens: 6 });
    const characters = [...text];
    const { tokens = [], text_offset: offsets = [] } = logprobs ?? {};
    tokens.forEach((token, i) => {
      const said = characters.slice(offsets[i], offsets[i + 1]).join("");
      // The first word has no space in front of it, and the start of the text and parts of characters say nothing.
      const isPart = /^(\\x[0-9a-f]{2})+$/.test(token);
      if (!isPart && token !== "<s>") expect([token, token.trimStart()]).toContain(said);
    });
    const llama = tokens.slice(tokens.findIndex((token) => token.startsWith("\\xf0")));
    expect(llama.slice(0, 4)).toEqual(["\\xf0", "\\x9f", "\\xa6", "\\x99"]);
    expect(characters.slice(offsets[tokens.indexOf("\\xf0")])[0]).toBe("🦙");
  });

  test("name tokens by their ids where programs ask for it", async () => {
    const { logprobs, token_ids: ids } = await only({
      prompt,
      logprobs: 1,
      max_tokens: 3,
      return_token_ids: true,
      return_tokens_as_token_ids: true,
    });
    expect(logprobs?.tokens).toEqual(ids.map((id) => `token_id:${id}`));
    expect(Object.keys(logprobs?.top_logprobs[0] ?? {})).toEqual([`token_id:${ids[0]}`]);
  });

  test("of a prompt in vLLM's form, with ranks", async () => {
    const { prompt_logprobs: told, prompt_token_ids: ids } = await only({
      prompt,
      prompt_logprobs: 2,
      max_tokens: 1,
      return_token_ids: true,
    });
    expect(ids).toEqual(tokenizer.encode(prompt));
    const scores = await model.scoreTokens({ inputIds: ids, top: 2 });
    expect(told[0]).toBe(null);
    scores.forEach(({ logprob, rank, top }, i) => {
      const at = told[i + 1] ?? {};
      expect(at[String(ids[i + 1])]?.rank).toBe(rank);
      expect(Math.abs((at[String(ids[i + 1])]?.logprob ?? NaN) - logprob)).toBeLessThan(1e-4);
      expect(Object.keys(at)).toEqual(expect.arrayContaining(top.map(({ id }) => String(id))));
    });
  });

  test("hold a text's last token too, which is no part of it", async () => {
    const {
      text,
      logprobs,
      finish_reason: reason,
    } = await only({ prompt, logprobs: 0, logit_bias: { 2: 100 }, max_tokens: 5 });
    expect({ text, reason, tokens: logprobs?.tokens }).toEqual({ text: "", reason: "stop", tokens: ["</s>"] });
  });
});

describe("the end of a text", () => {
  const eos = 2;
  const word = "▁the";
  test("is before the first stop string, or behind it", async () => {
    const whole = await only({ prompt: "The sea", max_tokens: 24 });
    const stop = whole.text.slice(9, 12);
    const at = whole.text.indexOf(stop);
    const cut = await only({ prompt: "The sea", max_tokens: 24, stop });
    expect(cut).toMatchObject({ text: whole.text.slice(0, at), finish_reason: "stop", stop_reason: stop });
    const kept = await only({ prompt: "The sea", max_tokens: 24, stop: ["☃", stop], include_stop_str_in_output: true });
    expect(kept.text).toBe(whole.text.slice(0, at + stop.length));
  });

  test("is at the tokens of stop_token_ids, which say so", async () => {
    const id = tokenizer.convertTokensToIds(word) ?? NaN;
    const bias = { [id]: 100 };
    const ended = await only({ prompt, logit_bias: bias, stop_token_ids: [id], max_tokens: 9 });
    expect(ended).toMatchObject({ text: "", finish_reason: "stop", stop_reason: id });
    const shown = await only({ prompt, logit_bias: bias, stop_token_ids: [id], include_stop_str_in_output: true });
    expect(shown.text).toBe(" the");
    const all = await only({ prompt, logit_bias: bias, max_tokens: 3 });
    expect(all).toMatchObject({ text: " the the the", finish_reason: "length", stop_reason: null });
  });

  test("is not at the model's own where it is to be ignored, or before min_tokens", async () => {
    const bias = { [eos]: 100 };
    const ignored = await only({ prompt, logit_bias: bias, ignore_eos: true, max_tokens: 3, return_token_ids: true });
    expect(ignored).toMatchObject({ text: "", token_ids: [eos, eos, eos], finish_reason: "length" });
    const shown = await only({ prompt, logit_bias: bias, ignore_eos: true, max_tokens: 2, skip_special_tokens: false });
    expect(shown.text).toBe("</s></s>");
    const least = await only({ prompt, logit_bias: bias, min_tokens: 3, return_token_ids: true });
    expect(least.token_ids).toHaveLength(4);
    expect(least.finish_reason).toBe("stop");
    const { text } = await only({ prompt: "The sea", max_tokens: 8 });
    expect((await only({ prompt: "The sea", max_tokens: 8, min_tokens: 8, stop: text.slice(0, 2) })).text).toBe(text);
  });
});

describe("more of vLLM", () => {
  test.each([
    ["structured_outputs.regex", { structured_outputs: { regex: "[a-c]{3}-[0-9]{2}" } }, /^[a-c]{3}-\d\d$/],
    ["structured_outputs.choice", { structured_outputs: { choice: ["yes", "no"] } }, /^(yes|no)$/],
    ["structured_outputs.json", { structured_outputs: { json: { enum: [1, 2] } } }, /^[12]$/],
    ["structured_outputs.grammar", { structured_outputs: { grammar: 'root ::= "x" | "yy"' } }, /^(x|yy)$/],
    ["a grammar of Lark", { structured_outputs: { grammar: 'start: "x" | "yy"' } }, /^(x|yy)$/],
    ["guided_choice", { guided_choice: ["left", "right"] }, /^(left|right)$/],
    [
      "guided_json as text",
      { guided_json: '{"type":"object","properties":{"a":{"const":1}},"required":["a"],"additionalProperties":false}' },
      /^\{\s*"a"\s*:\s*1\s*\}$/,
    ],
    [
      "response_format",
      { response_format: { type: "json_schema", json_schema: { name: "a", schema: { const: "b" } } } },
      /^"b"$/,
    ],
    ["llama-server's grammar", { grammar: 'root ::= "z"' }, /^z$/],
  ])("%s binds the text", async (_, body, expected) => {
    const { text, finish_reason: reason } = await only({ prompt, max_tokens: 60, ...body });
    expect(text.trimStart()).toMatch(expected);
    expect(reason).toBe("stop");
  });

  test("a schema that cannot be enforced is an error, not a free text", async () => {
    const { status, body } = await postJson(`${server.baseUrl}/completions`, {
      prompt,
      guided_json: { type: "no-such-type" },
    });
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { type: "invalid_request_error" } } });
  });

  test("starts of texts are known again under the same salt only", async () => {
    const long = { prompt: "A long story that nobody has told before. ".repeat(20), max_tokens: 1 };
    const cached = async (more: object): Promise<number> =>
      (await complete({ ...long, ...more })).usage.prompt_tokens_details.cached_tokens;
    expect(await cached({})).toBe(0);
    expect(await cached({})).toBeGreaterThan(64);
    expect(await cached({ cache_salt: "mine" })).toBe(0);
    expect(await cached({ cache_salt: "mine" })).toBeGreaterThan(64);
  });
});
