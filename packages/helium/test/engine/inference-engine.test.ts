import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DisposedError } from "@helium-lm/tensor";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  CancelledError,
  createEngineWorker,
  createInferenceEngine,
  GenerationError,
  HeadError,
  ModelLoadError,
  type EngineWorkerOptions,
  type InferenceEngine,
} from "@helium-lm/helium";
import { compareGolden, fixturePath, readFixture, tolerances } from "../../../../testing/fixtures.ts";

const modelsFolder = fileURLToPath(new URL("../../../../models/", import.meta.url));
const nano = `${modelsFolder}helium-nano`;

interface Expected {
  readonly unpadded: {
    readonly input_ids: number[];
    readonly last_hidden_state: number[][];
    readonly logits: number[][];
  };
  readonly pooling: readonly { readonly input_ids: number[]; readonly logits: number[] }[];
}
const [base, causal, sequence, token] = ["base", "causal", "sequence", "token"].map((head) =>
  readFixture<Expected>(`expected/helium-${head}.json`),
) as [Expected, Expected, Expected, Expected];
const folderOf = (head: string): string => fixturePath(`models/helium/${head}`);

const caught = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error);

/** Numbers of transformers, within the tolerance of the fixtures. */
const expectClose = (given: ArrayLike<number>, golden: readonly number[]): void =>
  expect(compareGolden(Array.from(given), golden, tolerances.states).firstBad).toBeNull();

const meanOf = (rows: readonly (readonly number[])[]): number[] =>
  (rows[0] ?? []).map((_, c) => rows.reduce((sum, row) => sum + (row[c] ?? NaN), 0) / rows.length);
const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.hypot(...vector));

/** ln P, rank and likeliest tokens of each token behind a row of logits, in f64. */
function scoresOf(logits: readonly (readonly number[])[], ids: readonly number[], from: number, top: number) {
  return ids.slice(from).map((id, i) => {
    const row = logits[from - 1 + i] ?? [];
    const largest = Math.max(...row);
    const sum = row.reduce((total, x) => total + Math.exp(x - largest), 0);
    const logprobs = row.map((x) => x - largest - Math.log(sum));
    const order = [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0));
    return {
      logprob: logprobs[id] ?? NaN,
      rank: order.indexOf(id) + 1,
      top: order.slice(0, top).map((each) => ({ id: each, logprob: logprobs[each] ?? NaN })),
    };
  });
}

type Open = (location: string, options?: EngineWorkerOptions) => Promise<InferenceEngine>;
const places: readonly [string, Open][] = [
  ["in this thread", createInferenceEngine],
  ["in a worker", createEngineWorker],
];

describe.each(places)("an engine %s", (_, open) => {
  /** The tiny checkpoints, one of each head, and helium-nano. */
  const opened = new Map<string, InferenceEngine>();
  beforeAll(async () => {
    for (const head of ["base", "causal", "sequence", "token"])
      opened.set(head, await open(folderOf(head), { backend: "cpu" }));
    // A budget of its own: the pace of a busy machine would decide how many calls share a pass.
    opened.set("nano", await open(nano, { backend: "wasm", threads: 1, engine: { maxTokens: 4096, budget: 128 } }));
  });
  afterAll(() => {
    for (const engine of opened.values()) engine.dispose();
  });
  const engineOf = (name: string): InferenceEngine => {
    const engine = opened.get(name);
    if (!engine) throw new Error(`there is no engine ${name}`);
    return engine;
  };

  test("says what its model is, and finds the head in config.json", () => {
    expect(engineOf("sequence").model).toEqual({
      ...{ modelType: "helium", head: "sequence-classification", backend: "cpu" },
      id2label: { 0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2" },
      ...{ vocabSize: 97, maxPositionEmbeddings: 64, hiddenSize: 64, eosTokenIds: [2], generationConfig: null },
    });
    const heads = ["base", "causal", "token"].map((name) => engineOf(name).model.head);
    expect(heads).toEqual(["base", "causal-lm", "token-classification"]);
    const { id2label, eosTokenIds, generationConfig } = engineOf("nano").model;
    expect({ id2label, eosTokenIds }).toEqual({ id2label: null, eosTokenIds: [2] });
    expect(generationConfig).toMatchObject({ bosTokenId: 1, eosTokenId: 2 });
  });

  test("scores continuations of one text as transformers' logits do", async () => {
    const { input_ids: ids, logits } = causal.unpadded;
    const inputIds = ids.slice(0, 4);
    const continuations = [ids.slice(4, 5), ids.slice(4, 7)];
    const scored = await engineOf("causal").scoreContinuations({ inputIds, continuations });
    const expected = scoresOf(logits, ids, 4, 0).map(({ logprob }) => logprob);
    scored.forEach(({ logprobs }, i) => expectClose(logprobs, expected.slice(0, continuations[i]?.length)));
    expect(scored.map(({ logprobs }) => logprobs.length)).toEqual([1, 3]);
    await expect(engineOf("token").scoreContinuations({ inputIds, continuations })).rejects.toBeInstanceOf(HeadError);
  });

  test("embeds as transformers' last hidden state says, pooled and of any length", async () => {
    const { input_ids: inputIds, last_hidden_state: states } = base.unpadded;
    const engine = engineOf("base");
    const poolings = { mean: meanOf(states), last: states.at(-1) ?? [], cls: states[0] ?? [] } as const;
    for (const pooling of ["mean", "last", "cls"] as const) {
      expectClose(await engine.embed({ inputIds, pooling, normalize: false }), poolings[pooling]);
      const normalised = await engine.embed({ inputIds, pooling });
      expectClose(normalised, unit(poolings[pooling]));
      expect(Math.hypot(...normalised)).toBeCloseTo(1, 6);
      const cut = await engine.embed({ inputIds, pooling, dimensions: 5 });
      expectClose(cut, unit(poolings[pooling].slice(0, 5)));
    }
  });

  test("scores tokens as transformers' logits do, with ranks and the likeliest ones", async () => {
    const { input_ids: inputIds, logits } = causal.unpadded;
    for (const [from, top] of [
      [1, 0],
      [1, 3],
      [4, 97],
      [8, 1],
    ] as const) {
      const scores = await engineOf("causal").scoreTokens({ inputIds, from, top });
      const expected = scoresOf(logits, inputIds, from, top);
      expect(scores.map(({ rank }) => rank)).toEqual(expected.map(({ rank }) => rank));
      expect(scores.map(({ isLikeliest }) => isLikeliest)).toEqual(expected.map(({ rank }) => rank === 1));
      for (const [i, { logprob, top: found }] of scores.entries()) {
        expect(logprob).toBeCloseTo(expected[i]?.logprob ?? NaN, 4);
        expect(found.map(({ id }) => id)).toEqual(expected[i]?.top.map(({ id }) => id));
        found.forEach((one, k) => expect(one.logprob).toBeCloseTo(expected[i]?.top[k]?.logprob ?? NaN, 4));
      }
    }
    expect(await engineOf("causal").scoreTokens({ inputIds: [5] })).toEqual([]);
  });

  test("classifies as transformers does, padding or not, and tags each token", async () => {
    expectClose(
      await engineOf("sequence").classify({ inputIds: sequence.unpadded.input_ids }),
      sequence.unpadded.logits as unknown as number[],
    );
    for (const { input_ids: inputIds, logits } of sequence.pooling)
      expectClose(await engineOf("sequence").classify({ inputIds }), logits);
    expectClose(await engineOf("token").tag({ inputIds: token.unpadded.input_ids }), token.unpadded.logits.flat());
  });

  test("what a head cannot do is refused with the names of both", async () => {
    const inputIds = [1, 5, 9];
    const refused: readonly [string, () => Promise<unknown>, string, string][] = [
      ["classify", () => engineOf("causal").classify({ inputIds }), "causal-lm", "sequence-classification"],
      ["tag", () => engineOf("sequence").tag({ inputIds }), "sequence-classification", "token-classification"],
      ["scoreTokens", () => engineOf("token").scoreTokens({ inputIds }), "token-classification", "causal-lm"],
      ["submit", () => engineOf("base").submit({ inputIds }).result, "base", "causal-lm"],
    ];
    for (const [call, attempt, head, expected] of refused) {
      const error = await caught(attempt());
      expect(error).toBeInstanceOf(HeadError);
      expect(error).toMatchObject({ subject: call, head, expected: [expected] });
      expect((error as Error).message).toContain(`the model's head is ${head}, but this needs ${expected}`);
    }
  });

  test("bad requests are typed errors with the option's name", async () => {
    const engine = engineOf("causal");
    const inputIds = [1, 5, 9];
    const refused: readonly [() => Promise<unknown>, string][] = [
      [() => engine.embed({ inputIds, pooling: "max" as "mean" }), "pooling: is max; expected mean, last, cls"],
      [() => engine.embed({ inputIds, pooling: "mean", dimensions: 65 }), "dimensions: is 65; expected an integer"],
      [() => engine.embed({ inputIds: [], pooling: "mean" }), "inputIds: has no tokens"],
      [() => engine.embed({ inputIds: [97], pooling: "mean" }), "inputIds: token 97 is outside the vocabulary"],
      [
        () => engine.embed({ inputIds: new Array<number>(65).fill(4), pooling: "mean" }),
        "inputIds: the text has 65 tokens",
      ],
      [() => engine.scoreTokens({ inputIds, from: 0 }), "from: is 0"],
      [() => engine.scoreTokens({ inputIds, top: 98 }), "top: is 98"],
    ];
    for (const [attempt, message] of refused) {
      const error = await caught(attempt());
      expect(error).toBeInstanceOf(GenerationError);
      expect((error as Error).message).toContain(message);
    }
  });

  test("many calls of all kinds at once share passes, and each has what it has alone, to the last bit", async () => {
    const engine = engineOf("nano");
    const idsOf = (seed: number): number[] =>
      Array.from({ length: 12 + seed }, (_, t) => 4 + ((seed * 31 + t * 13) % 900));
    const ask = (seed: number): Promise<unknown> => {
      const inputIds = idsOf(seed);
      const kinds = [
        () => engine.scoreTokens({ inputIds, top: 2 }),
        () => engine.embed({ inputIds, pooling: "mean" }),
        () => engine.embed({ inputIds, pooling: "last" }),
        async () => (await engine.submit({ inputIds, maxNewTokens: 6, logprobs: 1 }).result).logprobs,
      ];
      return (kinds[seed % kinds.length] as () => Promise<unknown>)();
    };
    const seeds = Array.from({ length: 16 }, (_, i) => i);
    const alone = [];
    await engine.freeUnused();
    const before = await engine.stats();
    for (const seed of seeds) alone.push(await ask(seed));
    const between = await engine.stats();
    await engine.freeUnused();
    expect(await Promise.all(seeds.map(ask))).toEqual(alone);
    const after = await engine.stats();
    expect(after.passes - between.passes).toBeLessThan((between.passes - before.passes) / 2);
    expect(after.pages).toMatchObject({ held: 0, limit: 64, pageSize: 64 });
  });

  test("a stored start is not scored again, and under another salt it is not found", async () => {
    const engine = engineOf("nano");
    await engine.freeUnused();
    const inputIds = Array.from({ length: 150 }, (_, t) => 4 + ((t * 37) % 900));
    const computed = async (request: { from: number; cacheSalt?: string }) => {
      const before = await engine.stats();
      const scores = await engine.scoreTokens({ inputIds, top: 1, ...request });
      const after = await engine.stats();
      return { scores, tokens: after.computedTokens - before.computedTokens };
    };
    const first = await computed({ from: 130 });
    const again = await computed({ from: 130 });
    expect([first.tokens, again.tokens]).toEqual([149, 149 - 128]);
    expect(again.scores).toEqual(first.scores);
    expect(await computed({ from: 130, cacheSalt: "other" })).toEqual(first);
    // All of it is looked at: nothing of it can be left out.
    expect((await computed({ from: 1 })).tokens).toBe(149);
  });

  test("an aborted call rejects with the signal's reason, and the others go on", async () => {
    const engine = engineOf("nano");
    // A worker computes on while this thread has not said yet that it is enough.
    const inputIds = Array.from({ length: 1000 }, (_, t) => 4 + ((t * 41) % 900));
    const controller = new AbortController();
    const { signal } = controller;
    const expected = await engine.embed({ inputIds: [5, 6, 7], pooling: "mean" });
    const aborted = [
      caught(engine.embed({ inputIds, pooling: "mean", signal })),
      caught(engine.scoreTokens({ inputIds, signal })),
    ];
    const other = engine.embed({ inputIds: [5, 6, 7], pooling: "mean" });
    const reason = new RangeError("the client went away");
    controller.abort(reason);
    for (const attempt of aborted) expect(await attempt).toBe(reason);
    expect(await caught(engine.scoreTokens({ inputIds, signal }))).toBe(reason);
    expect(await other).toEqual(expected);
    expect(await engine.stats()).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
  });

  test("requests use the tokenizer that is with the model, and can be cancelled before it is there", async () => {
    using engine = await open(nano, { backend: "cpu" });
    const tokenizer = await AutoTokenizer.fromPretrained(nano);
    const request = { inputIds: tokenizer.encode("Is water wet?"), grammar: { choice: [" yes", " no"] } };
    const [cancelled, all, good] = [engine.submit(request), engine.submit(request), engine.submit(request)];
    const reason = new Error("not this one");
    cancelled.cancel(reason);
    all.cancel();
    expect(await caught(cancelled.result)).toBe(reason);
    expect(await caught(all.result)).toBeInstanceOf(CancelledError);
    const { ids, finishReason } = await good.result;
    const text = tokenizer.decode([...request.inputIds, ...ids], { skipSpecialTokens: true });
    expect(finishReason).toBe("grammar");
    expect(["Is water wet? yes", "Is water wet? no"]).toContain(text);
    const more = [engine.submit(request), engine.submit({ inputIds: [1, 2], maxNewTokens: 200 })];
    engine.cancel(reason);
    for (const { result } of more) expect(await caught(result)).toBe(reason);
  });

  test("after dispose everything is a DisposedError", async () => {
    const engine = await open(folderOf("causal"), { backend: "cpu" });
    const inputIds = [1, 5, 9];
    const pending = [
      engine.embed({ inputIds, pooling: "mean" }),
      engine.scoreTokens({ inputIds }),
      engine.submit({ inputIds, maxNewTokens: 50, eosTokenId: [] }).result,
    ];
    for (const attempt of pending) void caught(attempt);
    engine.dispose();
    engine.dispose();
    for (const attempt of pending) expect(await caught(attempt)).toBeInstanceOf(DisposedError);
    expect(await caught(engine.embed({ inputIds, pooling: "mean" }))).toBeInstanceOf(DisposedError);
    expect(await caught(engine.stats())).toBeInstanceOf(DisposedError);
    expect(() => engine.submit({ inputIds })).toThrow(DisposedError);
  });

  test("a head can be asked for, and one that is none is refused", async () => {
    using engine = await open(folderOf("causal"), { backend: "cpu", head: "base" });
    const { input_ids: inputIds } = causal.unpadded;
    expect(engine.model.head).toBe("base");
    expect(await engine.embed({ inputIds, pooling: "last" })).toEqual(
      await engineOf("causal").embed({ inputIds, pooling: "last" }),
    );
    const error = await caught(open(nano, { head: "rerank" as "base" }));
    expect(error).toBeInstanceOf(ModelLoadError);
    expect((error as Error).message).toContain('head: is "rerank"; expected base, causal-lm');
  });
});

describe.each(places)("the models that classify, %s", (_, open) => {
  const read = (name: string): { rows: readonly { text: string; prediction: string; logits: number[] }[] } =>
    JSON.parse(readFileSync(`${modelsFolder}${name}/expected.json`, "utf8")) as never;

  test("helium-nano-langid names languages with transformers' logits", async () => {
    const folder = `${modelsFolder}helium-nano-langid`;
    using engine = await open(folder, { backend: "wasm", threads: 1, engine: { budget: 128 } });
    const tokenizer = await AutoTokenizer.fromPretrained(folder);
    const rows = read("helium-nano-langid").rows.slice(0, 24);
    const given = await Promise.all(rows.map(({ text }) => engine.classify({ inputIds: tokenizer.encode(text) })));
    for (const [i, { logits, prediction }] of rows.entries()) {
      const found = Array.from(given[i] ?? []);
      found.forEach((logit, k) => expect(Math.abs(logit - (logits[k] ?? NaN))).toBeLessThan(2e-3));
      expect(engine.model.id2label?.[found.indexOf(Math.max(...found))]).toBe(prediction);
    }
    expect((await engine.stats()).passes).toBeLessThan(rows.length);
  });

  test("helium-nano-codeswitch names the language of each token", async () => {
    const folder = `${modelsFolder}helium-nano-codeswitch`;
    using engine = await open(folder, { backend: "wasm", threads: 1 });
    const { rows } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as {
      readonly rows: readonly { readonly input_ids: number[]; readonly labels: readonly string[] }[];
    };
    for (const { input_ids: inputIds, labels } of rows.slice(0, 8)) {
      const logits = await engine.tag({ inputIds });
      const L = Object.keys(engine.model.id2label ?? {}).length;
      const named = inputIds.map((_, t) => {
        const row = Array.from(logits.subarray(t * L, (t + 1) * L));
        return engine.model.id2label?.[row.indexOf(Math.max(...row))];
      });
      expect(named).toEqual(labels);
    }
  });
});

describe("a model that is loaded already", () => {
  test("stays the caller's, with the tokenizer that was given", async () => {
    using model = await AutoModelForCausalLM.fromPretrained(nano, { backend: "cpu" });
    const tokenizer = await AutoTokenizer.fromPretrained(nano);
    const engine = await createInferenceEngine({ model, tokenizer }, { engine: { maxTokens: 256 } });
    const request = { inputIds: [1, 2, 3], grammar: { choice: [" yes", " no"] } };
    expect((await engine.submit(request).result).finishReason).toBe("grammar");
    expect((await engine.stats()).pages.limit).toBe(4);
    engine.dispose();
    const { sequences } = await model.generate({ inputIds: [[1, 2, 3]], maxNewTokens: 2 });
    expect(sequences[0]).toHaveLength(5);
    using bare = await createInferenceEngine({ model });
    await expect(bare.submit(request).result).rejects.toThrow(/tokenizer/);
    await expect(createInferenceEngine({ model }, { backend: "cpu" })).rejects.toThrow(
      "backend: cannot be set for a model that is loaded already",
    );
  });
});
