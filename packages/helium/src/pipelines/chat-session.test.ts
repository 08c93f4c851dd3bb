import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AutoModelForCausalLM, AutoTokenizer, folderSource, Tokenizer, type ModelForCausalLM } from "@helium-lm/helium";
import { ChatSession } from "./chat-session.ts";
import { plainAnswer } from "./read-answer.ts";
import { root } from "../../../../testing/repository.ts";
import { withConfigKeys } from "../../test/helpers/with-config.ts";

const folder = `${root}models/helium-nano`;
const template =
  "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}" +
  "{% if add_generation_prompt %}assistant: {% endif %}";

describe("ChatSession", () => {
  let model: ModelForCausalLM;
  let base: Tokenizer;
  let chatting: Tokenizer;
  beforeAll(async () => {
    model = await AutoModelForCausalLM.fromPretrained(folder, { backend: "cpu" });
    base = await AutoTokenizer.fromPretrained(folder);
    const config = JSON.parse(readFileSync(`${folder}/tokenizer_config.json`, "utf8")) as object;
    chatting = Tokenizer.fromJSON(readFileSync(`${folder}/tokenizer.json`, "utf8"), {
      ...config,
      chat_template: template,
    });
  });
  afterAll(() => {
    model.dispose();
    model.backend.dispose();
  });

  const open = (tokenizer: Tokenizer, maxNewTokens = 6, system?: string): ChatSession =>
    new ChatSession(model, tokenizer, { generation: { doSample: false }, maxNewTokens, system });

  /** Tokens that the model computes while `act` runs. */
  async function computed<T>(act: () => Promise<T>): Promise<{ readonly value: T; readonly count: number }> {
    const pass = vi.spyOn(model, "pass");
    try {
      const value = await act();
      const count = pass.mock.calls.reduce((sum, [{ size }]) => sum + size.tokens, 0);
      return { value, count };
    } finally {
      pass.mockRestore();
    }
  }

  it("computes only what is new in a turn", async () => {
    using session = open(chatting);
    const first = await computed(() => session.answer("Tell me about the sea", () => undefined));
    expect(first.value.computedTokens).toBe(first.value.promptTokens);
    // The last token of an answer is not computed before the next turn.
    expect(first.count).toBe(first.value.promptTokens + first.value.tokens - 1);
    const second = await computed(() => session.answer("and the land", () => undefined));
    expect(second.count).toBe(second.value.computedTokens + second.value.tokens - 1);
    expect(second.value.computedTokens).toBeLessThan(second.value.promptTokens / 2);
  });

  it("answers as without a cache", async () => {
    using session = open(chatting);
    const one = await session.answer("Tell me about the sea", () => undefined);
    const two = await session.answer("and the land", () => undefined);
    const prompt = chatting.encodeChat(
      [
        { role: "user", content: "Tell me about the sea" },
        { role: "assistant", content: one.content },
        { role: "user", content: "and the land" },
      ],
      { addGenerationPrompt: true },
    );
    const { sequences } = await model.generate({ inputIds: [prompt], maxNewTokens: 6, doSample: false });
    expect(chatting.decode(sequences[0]!.slice(prompt.length), { skipSpecialTokens: true })).toBe(two.content);
  });

  it("streams the answer", async () => {
    using session = open(chatting);
    const parts: string[] = [];
    const { content } = await session.answer("Hello", (part) => parts.push(part));
    expect(parts.join("")).toBe(content);
    expect(parts.length).toBeGreaterThan(1);
  });

  it("begins anew after a reset, with the system message", async () => {
    using session = open(chatting, 4, "Be brief");
    const one = await session.answer("Hello", () => undefined);
    await session.answer("again", () => undefined);
    session.reset();
    const two = await session.answer("Hello", () => undefined);
    expect({ ...two, seconds: null }).toEqual({ ...one, seconds: null });
    expect(one.promptTokens).toBe(
      chatting.encodeChat(
        [
          { role: "system", content: "Be brief" },
          { role: "user", content: "Hello" },
        ],
        { addGenerationPrompt: true },
      ).length,
    );
  });

  it("stops an answer when told to, and goes on afterwards", async () => {
    using session = open(chatting, 400);
    const stop = new AbortController();
    const cut = await session.answer("Tell me about the sea", () => stop.abort(), stop.signal);
    expect(cut.finishReason).toBe("stopped");
    expect(cut.tokens).toBeLessThan(20);
    const before = new AbortController();
    before.abort();
    const none = await session.answer("nothing", () => undefined, before.signal);
    expect([none.finishReason, none.tokens, none.seconds.firstToken]).toEqual(["stopped", 0, null]);
    expect(session.messages.map(({ content }) => content)).toEqual(["Tell me about the sea", cut.content]);
    using short = open(chatting);
    expect((await short.answer("more", () => undefined)).tokens).toBeGreaterThan(0);
  });

  it("goes on with the text where there is no template", async () => {
    using session = open(base);
    expect(session.hasTemplate).toBe(false);
    const one = await session.answer("Once upon a time", () => undefined);
    expect(one.promptTokens).toBe(base.encode("Once upon a time").length);
    const two = await computed(() => session.answer("there was", () => undefined));
    expect(two.value.promptTokens).toBe(
      one.promptTokens + one.tokens + base.encode("there was", { addSpecialTokens: false }).length,
    );
    expect(two.count).toBe(two.value.computedTokens + two.value.tokens - 1);
    expect(two.value.computedTokens).toBeLessThan(8);
  });

  it.each(["with", "without"] as const)(
    "takes a turn back, and goes on from messages of before, %s a template",
    async (form) => {
      const tokenizer = form === "with" ? chatting : base;
      using session = open(tokenizer);
      expect(session.undo()).toBeNull();
      const one = await session.answer("Tell me about the sea", () => undefined);
      const after = session.messages;
      const used = session.usedTokens;
      const two = await session.answer("and the land", () => undefined);
      expect(session.undo()).toBe("and the land");
      expect(session.messages).toEqual(after);
      // The template of this test ends an answer with a line break.
      expect(session.usedTokens - used).toBeLessThanOrEqual(1);
      const again = await session.answer("and the land", () => undefined);
      expect([again.content, again.promptTokens]).toEqual([two.content, two.promptTokens]);
      expect(again.computedTokens).toBeLessThan(again.promptTokens);

      using other = open(tokenizer);
      other.replace(after);
      expect(other.messages).toEqual(after);
      const loaded = await other.answer("and the land", () => undefined);
      if (form === "with") expect(loaded.content).toBe(two.content);
      expect(one.content).toBe(after[1]!.content);
    },
  );

  it("stays as it was where messages of before do not fit, or the template refuses them", async () => {
    const refusing =
      "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools') }}{% endif %}{% endfor %}";
    const config = { chat_template: refusing + template };
    using session = open(Tokenizer.fromJSON(readFileSync(`${folder}/tokenizer.json`, "utf8"), config));
    await session.answer("Hello", () => undefined);
    const before = session.messages;
    expect(() => session.replace([{ role: "tool", content: "x" }])).toThrow(/no tools/);
    expect(() => session.replace([{ role: "user", content: "word ".repeat(1200) }])).toThrow(/the model's context is/);
    expect(session.messages).toEqual(before);
  });

  it("keeps what a reader tells apart as thoughts beside the answer", async () => {
    using session = open(chatting);
    session.options = {
      ...session.options,
      readAnswer: (tokenizer, prompt) => {
        expect(prompt.endsWith("assistant: ")).toBe(true);
        const reader = plainAnswer(tokenizer, prompt);
        let count = 0;
        return {
          push: (token, tell) => reader.push(token, (text) => tell(text, count++ < 3 ? "reasoning" : "content")),
          flush: (tell) => reader.flush(tell),
        };
      },
    };
    const kinds: string[] = [];
    const { content, reasoning } = await session.answer("Hello", (_, kind) => kinds.push(kind));
    expect(new Set(kinds)).toEqual(new Set(["reasoning", "content"]));
    expect(session.messages.at(-1)).toEqual({ role: "assistant", content, reasoning_content: reasoning });
  });

  it("says when the context is full, and keeps the conversation", async () => {
    using session = open(base, 3);
    await session.answer("Once upon a time", () => undefined);
    await expect(session.answer("word ".repeat(1200), () => undefined)).rejects.toThrow(
      /start a new one with reset\(\)/,
    );
    expect((await session.answer("there was", () => undefined)).tokens).toBe(3);
  });

  it("ends an answer where the context does", async () => {
    const short = withConfigKeys(await folderSource(folder), { max_position_embeddings: 24 });
    using narrow = await AutoModelForCausalLM.fromPretrained(short, { backend: "cpu" });
    using session = new ChatSession(narrow, base, { generation: { doSample: false }, maxNewTokens: 30 });
    const { finishReason, promptTokens, tokens } = await session.answer("Once upon a time", () => undefined);
    expect([finishReason, promptTokens + tokens]).toEqual(["context", 24]);
  });
});
