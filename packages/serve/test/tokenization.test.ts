import { AutoTokenizer, type Tokenizer } from "@helium-lm/helium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { openServer, type OpenServer } from "./open-server.ts";
import { postJson } from "./post-json.ts";

let server: OpenServer;
let tokenizer: Tokenizer;
beforeAll(async () => {
  server = await openServer();
  tokenizer = await AutoTokenizer.fromPretrained(`${root}models/helium-nano`);
});
afterAll(() => server[Symbol.asyncDispose]());

const text = "Où est la gare? 日本 🦙";
const template =
  "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<a>{% endif %}";

describe("tokens of a text", () => {
  test("by vLLM's names: with the tokens that begin a text, unless it says otherwise", async () => {
    const { body } = await postJson(`${server.url}/tokenize`, {
      model: "helium-nano",
      prompt: text,
      return_token_strs: true,
    });
    const tokens = tokenizer.encode(text);
    expect(body).toEqual({
      count: tokens.length,
      max_model_len: 1024,
      tokens,
      token_strs: tokenizer.convertIdsToTokens(tokens),
    });
    const plain = await postJson(`${server.url}/tokenize`, { prompt: text, add_special_tokens: false });
    expect(plain.body).toMatchObject({ tokens: tokenizer.encode(text, { addSpecialTokens: false }), token_strs: null });
  });

  test("by llama-server's names, with the text of each or, of a part of a character, its bytes", async () => {
    const plain = await postJson(`${server.url}/tokenize`, { content: text });
    expect(plain.body).toMatchObject({ tokens: tokenizer.encode(text, { addSpecialTokens: false }) });
    const { body } = await postJson(`${server.url}/tokenize`, { content: text, with_pieces: true });
    const { tokens } = body as { tokens: { id: number; piece: string | number[] }[] };
    const bytes = tokens.flatMap(({ piece }) =>
      typeof piece === "string" ? [...new TextEncoder().encode(piece)] : piece,
    );
    expect(new TextDecoder().decode(Uint8Array.from(bytes)).trim()).toBe(text);
    expect(tokens.some(({ piece }) => typeof piece !== "string")).toBe(true);
  });

  test("of a conversation", async () => {
    const messages = [{ role: "user", content: "Hi" }];
    const { body } = await postJson(`${server.url}/tokenize`, { messages, chat_template: template });
    expect(body).toMatchObject({ tokens: tokenizer.encode("<user>Hi<a>", { addSpecialTokens: false }) });
  });

  test("back to text, by both names", async () => {
    const tokens = tokenizer.encode(text, { addSpecialTokens: false });
    const { body } = await postJson(`${server.url}/detokenize`, { tokens });
    expect(body).toEqual({ prompt: tokenizer.decode(tokens), content: tokenizer.decode(tokens) });
  });
});

test("what programs that cut texts themselves ask for", async () => {
  const response = await fetch(`${server.url}/tokenizer_info`);
  expect(await response.json()).toMatchObject({
    bos_token: tokenizer.bosToken,
    eos_token: tokenizer.eosToken,
    add_bos_token: true,
    add_eos_token: false,
    vocab_size: 6144,
    chat_template: null,
  });
});

test("the prompt of a conversation", async () => {
  const messages = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hel" },
  ];
  const ask = (more: object): Promise<unknown> =>
    postJson(`${server.url}/apply-template`, { messages, chat_template: template, ...more }).then(({ body }) => body);
  expect(await ask({})).toEqual({ prompt: "<user>Hi<assistant>Hel<a>" });
  expect(await ask({ continue_final_message: true })).toEqual({ prompt: "<user>Hi<assistant>Hel" });
});

test.each([
  ["/tokenize", {}, "prompt", /0 are given/],
  ["/tokenize", { prompt: "a", content: "b" }, "prompt", /2 are given/],
  ["/tokenize", { prompt: 5 }, "prompt", /expected string/],
  ["/tokenize", { messages: [{ role: "user", content: "Hi" }] }, "messages", /chat template/],
  ["/detokenize", { tokens: [6144] }, "tokens.0", /is 6144, but the vocabulary has the ids from 0 to 6143/],
  ["/detokenize", { tokens: [-1] }, "tokens.0", /expected number to be >=0/],
  ["/detokenize", { model: "gpt-0", tokens: [] }, "model", /"gpt-0" is not served here; choose one of helium-nano/],
  ["/apply-template", { messages: "Hi", chat_template: template }, "messages", /expected array/],
  ["/apply-template", { messages: [], chat_template: template }, "messages", /is empty/],
])("%s refuses %j by name", async (path, body, param, message) => {
  const { status, body: told } = await postJson(`${server.url}${path}`, body);
  expect(status).toBe(param === "model" ? 404 : 400);
  const { error } = told as { error: { message: string; param: string; type: string; code: unknown } };
  expect(error.message).toMatch(message);
  expect(error.param).toBe(param);
  expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
});
