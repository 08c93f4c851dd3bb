import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GenerationError, type ModelForCausalLM } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const idsOf = (seed: number, length: number): number[] =>
  Array.from({ length }, (_, t) => 4 + ((seed * 31 + t * t * 7 + t * 13) % 40));

/** ln P of each token from `from` on, by one `forward` over the whole text, in f64. */
async function expectedScores(model: ModelForCausalLM, ids: readonly number[], from: number) {
  const { logits } = model.forward({ inputIds: [ids] });
  const [rows = []] = (await logits.toArray()) as number[][][];
  logits.dispose();
  return ids.slice(from).map((token, i) => {
    const row = rows[from - 1 + i] ?? [];
    const largest = Math.max(...row);
    const sum = row.reduce((total, x) => total + Math.exp(x - largest), 0);
    return { logprob: (row[token] ?? NaN) - largest - Math.log(sum), isLikeliest: row.indexOf(largest) === token };
  });
}

const sumOf = (scores: readonly { logprob: number }[]): number =>
  scores.reduce((total, { logprob }) => total + logprob, 0);

describe.each(["reference", "cpu", "wasm"])("scores on %s", (backendName) => {
  const opened = openFixtureModel("helium", backendName);

  test("are those of one pass over each whole text", async () => {
    const { model } = opened;
    using engine = model.engine({ kvDType: "f32" });
    const inputIds = idsOf(1, 21);
    const continuations = [[5], [9], [5, 7, 11], idsOf(3, 9), [5]];
    const scores = await model.scoreContinuations({ inputIds, continuations, engine });
    expect(scores).toHaveLength(5);
    expect(scores[4]).toEqual(scores[0]);
    for (const [i, { logprob, logprobs, isGreedy }] of scores.entries()) {
      const expected = await expectedScores(model, [...inputIds, ...(continuations[i] ?? [])], inputIds.length);
      expect(logprobs).toHaveLength(expected.length);
      expected.forEach((one, t) => expect(logprobs[t]).toBeCloseTo(one.logprob, 4));
      expect(logprob).toBe(sumOf(logprobs.map((value) => ({ logprob: value }))));
      expect(isGreedy).toBe(expected.every(({ isLikeliest }) => isLikeliest));
    }
  });

  test("a greedy continuation is known as such, and one with another last token is not", async () => {
    const { model } = opened;
    using engine = model.engine({ kvDType: "f32" });
    const inputIds = idsOf(2, 6);
    const { ids } = await model.submit({ inputIds, maxNewTokens: 4, eosTokenId: [], generationConfig: {} }, engine)
      .result;
    const other = [...ids.slice(0, 3), (ids[3] ?? 0) + 1];
    const scores = await model.scoreContinuations({ inputIds, continuations: [ids, other], engine });
    expect(scores.map(({ isGreedy }) => isGreedy)).toEqual([true, false]);
  });

  test("of a text are those of one pass, from any token on", async () => {
    const { model } = opened;
    using engine = model.engine({ kvDType: "f32" });
    const inputIds = idsOf(4, 30);
    for (const from of [1, 7, 29]) {
      const scores = await model.scoreTokens({ inputIds, from, engine });
      const expected = await expectedScores(model, inputIds, from);
      expect(scores).toHaveLength(expected.length);
      scores.forEach(({ logprob }, t) => expect(logprob).toBeCloseTo(expected[t]?.logprob ?? NaN, 4));
      expect(scores.map(({ isLikeliest }) => isLikeliest)).toEqual(expected.map(({ isLikeliest }) => isLikeliest));
    }
    expect(await model.scoreTokens({ inputIds: [5] })).toEqual([]);
  });
});

describe("scores", () => {
  const opened = openFixtureModel("helium", "wasm", { max_position_embeddings: 256 });

  test("do not depend, to the last bit, on who shares the passes or on what is kept", async () => {
    const { model } = opened;
    const question = fc.record({
      seed: fc.integer({ min: 0, max: 3 }),
      length: fc.integer({ min: 1, max: 90 }),
      endings: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
    });
    const requestOf = ({ seed, length, endings }: { seed: number; length: number; endings: number[] }) => ({
      inputIds: idsOf(seed, length),
      continuations: endings.map((n, i) => idsOf(seed + i + 5, n)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(question, { minLength: 1, maxLength: 5 }), async (questions) => {
        const requests = questions.map(requestOf);
        using alone = model.engine({ keepPrefixes: false, replay: false });
        const expected = [];
        for (const request of requests) expected.push(await model.scoreContinuations({ ...request, engine: alone }));
        using engine = model.engine({ budget: 40 });
        const given = requests.map((request) => model.scoreContinuations({ ...request, engine }));
        expect(await Promise.all(given)).toEqual(expected);
        expect(engine.stats.pages.held).toBe(0);
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  test("a prefix is computed once, and a letter needs no pass of its own", async () => {
    const { model } = opened;
    using engine = model.engine({ budget: 512 });
    const inputIds = idsOf(6, 100);
    await model.scoreContinuations({ inputIds, continuations: [[5], [6], [7], [8]], engine });
    expect(engine.stats).toMatchObject({ computedTokens: 100, passes: 1 });
    await model.scoreContinuations({
      inputIds,
      continuations: [
        [5, 6],
        [7, 8, 9],
      ],
      engine,
    });
    // 64 tokens are a page that was kept; behind the prefix the first token of two and the first two of three are read.
    expect(engine.stats).toMatchObject({ computedTokens: 100 + 36 + 3, reusedTokens: 64 });
  });

  test("a text that fills the whole room is computed, although it shares part of a page that is kept", async () => {
    const { model } = opened;
    using engine = model.engine({ maxTokens: 128 });
    const first = idsOf(1, 127);
    const second = [...first.slice(0, 100), ...idsOf(3, 27)];
    await model.scoreContinuations({ inputIds: first, continuations: [[5, 6]], engine });
    const request = { inputIds: second, continuations: [[5, 6]] };
    using alone = model.engine({ maxTokens: 128, keepPrefixes: false });
    const expected = await model.scoreContinuations({ ...request, engine: alone });
    expect(await model.scoreContinuations({ ...request, engine })).toEqual(expected);
    expect(engine.stats.reusedTokens).toBe(64);
  });

  test("a request that can not be computed is refused, and its neighbours do not notice", async () => {
    const { model } = opened;
    using engine = model.engine({ maxTokens: 128 });
    const { vocabSize, maxPositionEmbeddings } = model.config;
    const good = { inputIds: idsOf(1, 20), continuations: [[5, 6]], engine };
    const expected = await model.scoreContinuations(good);
    const refused: readonly [Parameters<typeof model.scoreContinuations>[0], string][] = [
      [{ ...good, inputIds: [] }, "inputIds: has no tokens"],
      [{ ...good, continuations: [[5], []] }, "continuations 1: has no tokens"],
      [{ ...good, continuations: [[vocabSize]] }, `continuations 0: token ${vocabSize} is outside the vocabulary`],
      [{ ...good, inputIds: new Array<number>(maxPositionEmbeddings + 1).fill(4) }, "inputIds: the text has"],
      [{ ...good, inputIds: idsOf(1, 200) }, "maxLength: rows of up to"],
    ];
    const neighbours = refused.map(() => model.scoreContinuations(good));
    for (const [request, message] of refused) {
      const failure = await model.scoreContinuations(request).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(GenerationError);
      expect((failure as Error).message).toContain(message);
    }
    for (const neighbour of neighbours) expect(await neighbour).toEqual(expected);
    expect(engine.stats.pages.held).toBe(0);
  });

  test("an aborted request ends with the signal's reason", async () => {
    const { model } = opened;
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    const { signal } = controller;
    await expect(model.scoreTokens({ inputIds: idsOf(1, 20), signal })).rejects.toThrow("enough");
    await expect(model.scoreContinuations({ inputIds: [4], continuations: [[5]], signal })).rejects.toThrow("enough");
  });
});
