import { describe, expect, test } from "vitest";
import { compileGrammar, GenerationError, logitsProcessor, type GenerateOptions } from "@helium-lm/helium";
import { built, openNano, record, recordPattern } from "./nano-grammars.ts";

const idle = logitsProcessor("idle", () => undefined);

const keys = ["name", "title of the whole", "x"];

describe("generate with a grammar", () => {
  const nano = openNano();
  const prompts = (): number[][] =>
    ["Once upon a time", "Die Antwort ist:", "To install"].map((text) => nano.tokenizer.encode(text));

  /** The new text and tokens of one row. */
  const solo = async (
    row: number,
    more: GenerateOptions = {},
  ): Promise<{ text: string; ids: number[]; end: string | null }> => {
    const inputIds = prompts()[row]!;
    const { sequences, endedBy } = await nano.model.generate({
      inputIds: [inputIds],
      grammar: record(nano.tokenizer, keys[row]!),
      maxNewTokens: 120,
      ...more,
    });
    const ids = sequences[0]!.slice(inputIds.length);
    // By itself the first token would lose its space.
    const text = nano.tokenizer.decode(sequences[0]!).slice(nano.tokenizer.decode(inputIds).length);
    return { text, ids, end: endedBy[0]! };
  };

  const ways: Readonly<Record<string, GenerateOptions>> = {
    greedy: {},
    drawn: { doSample: true, seed: 5, topK: 0 },
    "drawn hot, with cuts": { doSample: true, seed: 6, temperature: 3, topK: 8, topP: 0.9 },
    "against bans": { noRepeatNgramSize: 2, repetitionPenalty: 1.5, minNewTokens: 3 },
  };

  test.each(Object.entries(ways))(
    "%s: a text of the grammar, the same skipped or computed, alone or in a batch, tried ahead or not",
    async (_, way) => {
      const alone = await Promise.all([0, 1, 2].map((row) => solo(row, way)));
      alone.forEach(({ text, end }, row) => {
        expect(text).toMatch(recordPattern(keys[row]!));
        expect(end).toBe("grammar");
      });
      const padded = nano.tokenizer(["Once upon a time", "Die Antwort ist:", "To install"], { padding: true });
      const grammar = keys.map((key) => record(nano.tokenizer, key));
      const batch: GenerateOptions = { ...way, ...padded, grammar, maxNewTokens: 120, padTokenId: 0 };
      const length = padded.inputIds[0]!.length;
      for (const more of [
        {},
        { logitsProcessors: [idle] },
        { promptLookupNumTokens: 4, maxMatchingNgramSize: 1 },
        ...(way.doSample ? [] : [{ assistantModel: nano.model, numAssistantTokens: 3 }]),
      ]) {
        const { sequences, endedBy } = await nano.model.generate({ ...batch, ...more });
        expect(endedBy).toEqual(["grammar", "grammar", "grammar"]);
        sequences.forEach((row, i) => expect(row.slice(length, length + alone[i]!.ids.length)).toEqual(alone[i]!.ids));
      }
    },
  );

  test("a draft model's draws fit too", async () => {
    for (const seed of [1, 2, 3])
      expect(
        (await solo(0, { doSample: true, seed, assistantModel: nano.model, assistantConfidenceThreshold: 0 })).text,
      ).toMatch(recordPattern("name"));
  });

  test("tokens without a choice take no pass", async () => {
    const stats = async (more: GenerateOptions): Promise<{ passes: number; forced: number }> => {
      using engine = nano.model.engine({ budget: 1024 });
      await solo(1, { ...more, engine });
      return { passes: engine.stats.passes, forced: engine.stats.forcedTokens };
    };
    const [skipped, computed] = [await stats({}), await stats({ logitsProcessors: [idle] })];
    expect(skipped.forced).toBeGreaterThan(10);
    expect(computed.forced).toBe(0);
    expect(computed.passes - skipped.passes).toBe(skipped.forced);
  });

  test("a grammar of all texts changes nothing", async () => {
    const inputIds = prompts().slice(0, 1);
    for (const more of [
      {},
      { doSample: true, seed: 3 },
      { doSample: true, seed: 4, topK: 0, topP: 0.8 },
      { promptLookupNumTokens: 3 },
    ]) {
      const options = { inputIds, maxNewTokens: 24, eosTokenId: [], padTokenId: 0, ...more };
      const free = await nano.model.generate(options);
      const grammar = { regex: "[\\s\\S]*" };
      const { sequences } = await nano.model.generate({ ...options, grammar, tokenizer: nano.tokenizer });
      expect(sequences).toEqual(free.sequences);
    }
  });

  test("rows without a grammar are free beside others", async () => {
    const [, inputIds] = prompts();
    const free = await nano.model.generate({ inputIds: [inputIds!], maxNewTokens: 12 });
    const both = await nano.model.generate({
      inputIds: [inputIds!, inputIds!],
      grammar: [null, record(nano.tokenizer, "x")],
      maxNewTokens: 12,
    });
    expect(both.sequences[0]).toEqual(free.sequences[0]);
    expect(both.endedBy[0]).toBe("maxLength");
  });

  test("a limit cuts, and says so", async () => {
    const { text, end } = await solo(0, { maxNewTokens: 5 });
    expect(end).toBe("maxLength");
    expect(text.length).toBeGreaterThan(0);
  });

  test("a row that a stop string ends goes on with no token that its grammar would force", async () => {
    const { eosTokenId } = nano.tokenizer;
    const { sequences, endedBy } = await nano.model.generate({
      ...nano.tokenizer(["A letter: ", "Once upon a time"], { padding: true }),
      grammar: [compileGrammar({ regex: "[ab] other" }, nano.tokenizer), null],
      ...{
        stopStrings: ["a", "b"],
        tokenizer: nano.tokenizer,
        maxNewTokens: 6,
        minNewTokens: 0,
        padTokenId: 0,
        eosTokenId,
      },
    });
    const [ended = []] = sequences;
    const text = nano.tokenizer.decode(ended, { skipSpecialTokens: true });
    expect([endedBy[0], text.endsWith("a") || text.endsWith("b")]).toEqual(["stopStrings", true]);
  });

  test("beams and beams that are drawn", async () => {
    for (const more of [{}, { doSample: true, seed: 3 }]) {
      const inputIds = prompts().slice(0, 1);
      const { sequences } = await nano.model.generate({
        ...more,
        inputIds: [...inputIds, ...inputIds],
        grammar: [record(nano.tokenizer, "name"), record(nano.tokenizer, "x")],
        numBeams: 3,
        numReturnSequences: 2,
        maxNewTokens: 80,
        eosTokenId: nano.tokenizer.eosTokenId,
        padTokenId: nano.tokenizer.eosTokenId,
      });
      const texts = sequences.map((row) =>
        nano.tokenizer.decode(row.slice(inputIds[0]!.length), { skipSpecialTokens: true }),
      );
      texts.forEach((text, i) => expect(text).toMatch(recordPattern(i < 2 ? "name" : "x")));
    }
  });

  test("more beams than texts are refused, fewer are not", async () => {
    const grammar = built(nano.tokenizer, (b) => b.terminal(b.regexes.literal("yes")));
    const options = { inputIds: prompts().slice(0, 1), grammar, numBeams: 4, maxNewTokens: 8 };
    const { sequences } = await nano.model.generate(options);
    expect(nano.tokenizer.decode(sequences[0]!.slice(options.inputIds[0]!.length))).toMatch(/^yes/);
    const many = built(nano.tokenizer, (b) => b.terminal(b.regexes.literal("?")));
    await expect(nano.model.generate({ ...options, grammar: many, numReturnSequences: 4 })).rejects.toThrow(
      GenerationError,
    );
  });

  test.each<readonly [string | RegExp, RegExp]>([
    ["[A-Z][a-z]{2,9}(?: [a-z]+){1,3}\\.", /^[A-Z][a-z]{2,9}(?: [a-z]+){1,3}\.$/],
    [/^\d{4}-(0[1-9]|1[0-2])$/, /^\d{4}-(0[1-9]|1[0-2])$/],
    [/ (oui|non|peut-être)!/i, /^ (oui|non|peut-être)!$/i],
  ])("regular expressions: %s", async (regex, expected) => {
    const options = { grammar: { regex }, tokenizer: nano.tokenizer, maxNewTokens: 60 };
    for (const more of [{}, { doSample: true, seed: 8 }]) {
      const { text, end } = await solo(1, { ...options, ...more });
      if (end === "grammar") expect(text).toMatch(expected);
      else expect(end).toBe("maxLength");
    }
  });

  test("rows that are drawn from one prompt, and steps of a stream", async () => {
    const inputIds = prompts().slice(0, 2);
    const length = Math.min(...inputIds.map((row) => row.length));
    const rows = inputIds.map((row) => row.slice(0, length));
    const grammar = [record(nano.tokenizer, "name"), record(nano.tokenizer, "x")];
    const options = { inputIds: rows, grammar, doSample: true, seed: [1, 2], padTokenId: 0, maxNewTokens: 120 };
    const { sequences } = await nano.model.generate({ ...options, numReturnSequences: 3 });
    const texts = sequences.map((row) => nano.tokenizer.decode(row.slice(length)).replace(/(<unk>)*$/, ""));
    texts.forEach((text, i) => expect(text).toMatch(recordPattern(i < 3 ? "name" : "x")));
    expect(new Set(texts).size).toBeGreaterThan(4);
    const streamed = rows.map((row) => [...row]);
    for await (const { tokens } of nano.model.stream({ ...options, numReturnSequences: 1 }))
      tokens.forEach((token, row) => streamed[row]!.push(token));
    expect(streamed).toEqual((await nano.model.generate(options)).sequences);
  });

  test.each([
    [{ gbnf: 'root ::= "(" ("a" | root)+ ")"' }, /^[(a)]+$/],
    [{ lark: 'start: "<" WORD ("," WORD)? ">"\nWORD: /[a-z]{1,5}/' }, /^<[a-z]{1,5}(,[a-z]{1,5})?>$/],
  ] as const)("%o", async (grammar, pattern) => {
    for (const more of [{}, { doSample: true, seed: 11 }]) {
      const { text, end } = await solo(0, { grammar, tokenizer: nano.tokenizer, maxNewTokens: 40, ...more });
      expect(text).toMatch(pattern);
      if ("lark" in grammar) expect(end).toBe("grammar");
    }
  });

  test("guidance works, and no processor of the caller's brings a refused token back", async () => {
    const { text } = await solo(0, { guidanceScale: 1.5 });
    expect(text).toMatch(recordPattern("name"));
    const wish = nano.tokenizer.encode("no", { addSpecialTokens: false })[0]!;
    for (const name of ["wish", "grammar", "topK", "renormalizeLogits"]) {
      const wishing = logitsProcessor(name, (scores) => {
        scores[wish] = name === "wish" ? Infinity : 1e30;
        scores[nano.tokenizer.eosTokenId!] = 1e29;
      });
      const drawn = name === "topK" ? { doSample: true, seed: 1 } : {};
      const options = { logitsProcessors: [wishing], sequenceBias: [[[wish], 100]] as [number[], number][], ...drawn };
      expect((await solo(2, options)).text).toMatch(recordPattern("x"));
    }
  });

  test("what removes all allowed tokens is told, with the row", async () => {
    const grammar = built(nano.tokenizer, (b) => b.terminal(b.regexes.bytes(0x61, 0x62)));
    const banned = ["a", "b"].flatMap((text) => nano.tokenizer.encode(text, { addSpecialTokens: false }));
    const all = [...nano.tokenizer.getVocab()].flatMap(([token, id]) => (/^▁?[ab]$|<0x6[12]>/.test(token) ? [id] : []));
    const options = { inputIds: prompts().slice(0, 1), grammar, suppressTokens: [...banned, ...all] };
    await expect(nano.model.generate(options)).rejects.toThrow(/row 0/);
  });

  test("a text that is complete before it begins ends with eos, or is refused", async () => {
    const grammar = built(nano.tokenizer, (b) => b.empty);
    const inputIds = prompts().slice(0, 1);
    const { sequences } = await nano.model.generate({ inputIds, grammar, eosTokenId: nano.tokenizer.eosTokenId });
    expect(sequences[0]!.slice(inputIds[0]!.length)).toEqual([nano.tokenizer.eosTokenId]);
    await expect(nano.model.generate({ inputIds, grammar, eosTokenId: [] })).rejects.toThrow(/complete/);
  });
});
