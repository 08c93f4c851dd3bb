import { describe, expect, test } from "vitest";
import { CancelledError, GenerationError, type EngineRequest } from "@helium-lm/helium";
import { compileGrammar } from "@helium-lm/helium/grammar";
import { openNano, record, recordPattern } from "./nano-grammars.ts";

const texts = ["Once upon a time", "Die Antwort ist:", "To install", "Il était une fois"];

describe("requests with grammars", () => {
  const nano = openNano();
  const requestOf = (n: number): EngineRequest => ({
    inputIds: nano.tokenizer.encode(texts[n % texts.length]!),
    maxNewTokens: 100,
    ...(n % 3 === 2 ? { maxNewTokens: 16 } : { grammar: record(nano.tokenizer, `key ${n}`) }),
    ...(n % 2 === 1 && { doSample: true, seed: n, topK: 40 }),
    ...(n % 4 === 1 && { promptLookupNumTokens: 3 }),
  });
  const count = 8;

  test("each text is that of the request alone, beside free ones, in little room", async () => {
    const alone = [];
    for (let n = 0; n < count; n++) {
      using engine = nano.model.engine();
      alone.push(await engine.submit(requestOf(n)).result);
    }
    using engine = nano.model.engine({ maxTokens: 512, budget: 48 });
    const together = await Promise.all(Array.from({ length: count }, (_, n) => engine.submit(requestOf(n)).result));
    for (const [n, { ids, finishReason, stats }] of together.entries()) {
      expect(ids).toEqual(alone[n]!.ids);
      expect(finishReason).toBe(alone[n]!.finishReason);
      if (n % 3 === 2) expect(stats.forcedTokens).toBe(0);
      else {
        expect(finishReason).toBe("grammar");
        expect(nano.tokenizer.decode(ids)).toMatch(recordPattern(`key ${n}`));
        expect(stats.forcedTokens).toBeGreaterThan(5);
        expect(stats.forcedTokens).toBeLessThan(stats.newTokens);
      }
    }
    expect(engine.stats.forcedTokens).toBe(together.reduce((sum, { stats }) => sum + stats.forcedTokens, 0));
  });

  test("log-probabilities are told of every token, and change none", async () => {
    using engine = nano.model.engine();
    for (const n of [0, 1]) {
      const plain = await engine.submit(requestOf(n)).result;
      const told = await engine.submit({ ...requestOf(n), logprobs: 1 }).result;
      expect(told.ids).toEqual(plain.ids);
      expect(told.logprobs).toHaveLength(told.ids.length);
      expect(told.logprobs!.every(({ logprob }) => logprob <= 1e-6 && logprob > -Infinity)).toBe(true);
      expect(told.stats.forcedTokens).toBe(0);
    }
  });

  test("a cancelled request ends, and the grammar goes on in others", async () => {
    using engine = nano.model.engine();
    const grammar = record(nano.tokenizer, "shared");
    const request = { inputIds: nano.tokenizer.encode(texts[0]!), grammar, maxNewTokens: 100 };
    const expected = (await engine.submit(request).result).ids;
    const [cancelled, other] = [engine.submit(request), engine.submit(request)];
    for await (const { index } of cancelled) if (index === 3) break;
    await expect(cancelled.result).rejects.toBeInstanceOf(CancelledError);
    expect((await other.result).ids).toEqual(expected);
    expect(engine.stats.pages.held).toBe(0);
  });

  test("stored starts under one salt are of no use under another, and the texts are the same", async () => {
    using engine = nano.model.engine({ maxTokens: 4096 });
    const grammar = record(
      nano.tokenizer,
      "a key that is long enough to fill a page of tokens together with the rest of it ".repeat(4),
    );
    const request = { inputIds: nano.tokenizer.encode(texts[0]!), grammar, maxNewTokens: 300 };
    const run = (cacheSalt: string) => engine.submit({ ...request, cacheSalt }).result;
    const [first, other, again] = [await run("a"), await run("b"), await run("a")];
    expect(other.stats.reusedTokens).toBe(0);
    expect(again.stats.reusedTokens).toBeGreaterThan(0);
    for (const { ids } of [other, again]) expect(ids).toEqual(first.ids);
  });

  test("what a grammar needs is told by the handle", async () => {
    using engine = nano.model.engine();
    const inputIds = nano.tokenizer.encode(texts[0]!);
    const { tokenizer } = nano;
    const refused = (request: object): Promise<unknown> => engine.submit({ inputIds, ...request }).result;
    await expect(refused({ grammar: { choice: ["a"] } })).rejects.toThrow(/needs the model's tokenizer/);
    await expect(refused({ grammar: [null, null], tokenizer })).rejects.toBeInstanceOf(GenerationError);
    await expect(refused({ grammar: { chioce: ["a"] }, tokenizer })).rejects.toThrow(/chioce/);
    await expect(refused({ grammar: { choice: ["a"], regex: "b" }, tokenizer })).rejects.toThrow(/regex and choice/);
    await expect(refused({ grammar: { choice: [] }, tokenizer })).rejects.toThrow(/at least one text/);
    await expect(refused({ grammar: () => [1], tokenizer })).rejects.toThrow(/a function/);
    await expect(refused({ tokenHealing: true })).rejects.toThrow(/tokenHealing/);
  });

  test("equal specs are compiled once for a tokenizer, others are not mixed up", () => {
    const { tokenizer } = nano;
    const first = compileGrammar({ choice: ["a", "b"] }, tokenizer);
    expect(compileGrammar({ choice: ["a", "b"] }, tokenizer)).toBe(first);
    expect(compileGrammar({ choice: ["b", "a"] }, tokenizer)).not.toBe(first);
    for (let n = 0; n < 70; n++) compileGrammar({ choice: [`${n}`] }, tokenizer);
    expect(compileGrammar({ choice: ["a", "b"] }, tokenizer)).not.toBe(first);
  });
});
