import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EngineOptions, EngineRequest } from "@helium-lm/helium";
import type { EngineClient } from "../../src/engine/engine-client.ts";
import type { Choice, GreedyWanted } from "../../src/engine/outputs/wanted.ts";
import { openFixtureModel, type OpenModel } from "../helpers/generation-model.ts";

const opened = besideTheEventLoop(openFixtureModel("helium", "wasm", { max_position_embeddings: 512 }));

/** The same, of a backend that says that it computes beside the event loop: what was queued is read as it was then. */
function besideTheEventLoop(model: OpenModel): OpenModel {
  return {
    get model() {
      const { backend } = model;
      if (backend.capabilities.syncRead)
        Object.defineProperty(backend, "capabilities", { value: { ...backend.capabilities, syncRead: false } });
      return model.model;
    },
    get backend() {
      return model.backend;
    },
    get weightHandles() {
      return model.weightHandles;
    },
  };
}

const promptOf = (n: number, length: number): number[] =>
  Array.from({ length }, (_, t) => 1 + ((n * 31 + t * 13) % 90));

const request = { generationConfig: {}, eosTokenId: [], doSample: false } as const;

/** New tokens of one text, and the passes that it took: prompts are read in one, whatever the pace. */
async function textOf(more: Partial<EngineRequest>, lookahead: number): Promise<{ ids: number[]; passes: number }> {
  using engine = opened.model.engine({ lookahead, budget: 512 });
  const handle = engine.submit({ ...request, inputIds: promptOf(1, 5), maxNewTokens: 20, ...more });
  const { ids } = await handle.result;
  return { ids: [...ids], passes: engine.stats.passes };
}

describe("greedy tokens that a device chooses before those before are read", () => {
  test.each([2, 3, 8])("%i at once: the same text over the ends of pages, in no more passes", async (lookahead) => {
    const inputIds = promptOf(2, 50);
    for (const maxNewTokens of [1, 2, 3, 9, 100]) {
      const expected = await textOf({ inputIds, maxNewTokens }, 0);
      expect(await textOf({ inputIds, maxNewTokens }, lookahead)).toEqual(expected);
    }
  });

  test("a text that ends before costs at most two groups of passes more", async () => {
    const { ids, passes } = await textOf({}, 0);
    const end = ids[9] ?? 0;
    const short = { eosTokenId: [end] };
    const expected = await textOf(short, 0);
    expect(expected.ids.at(-1)).toBe(end);
    const given = await textOf(short, 3);
    expect(given.ids).toEqual(expected.ids);
    expect(given.passes).toBeGreaterThan(expected.passes);
    expect(given.passes).toBeLessThanOrEqual(Math.min(passes, expected.passes + 6));
  });

  test("tokens are told before all that is queued is read, and nothing is left behind one who goes away", async () => {
    using engine = opened.model.engine({ lookahead: 4, budget: 512 });
    const told: number[] = [];
    const passes: number[] = [];
    for await (const { id } of engine.submit({ ...request, inputIds: promptOf(3, 4), maxNewTokens: 200 })) {
      told.push(id);
      passes.push(engine.stats.passes);
      if (told.length === 12) break;
    }
    expect(told).toEqual((await textOf({ inputIds: promptOf(3, 4), maxNewTokens: 12 }, 0)).ids);
    // The prompt and its token; then four tokens, while the next four are under way.
    expect(passes[1]).toBe(1 + 8);
    const { pages } = engine.stats;
    expect(pages.held).toBe(0);
  });

  test("the pages that a text has are never exceeded", async () => {
    using engine = opened.model.engine({ lookahead: 8, maxTokens: 128 });
    const inputIds = promptOf(4, 100);
    const { ids } = await engine.submit({ ...request, inputIds, maxNewTokens: 25 }).result;
    expect(ids).toEqual((await textOf({ inputIds, maxNewTokens: 25 }, 0)).ids);
  });

  test("a text in a cache of the caller's, which goes on with what it holds", async () => {
    const texts = async (lookahead: number): Promise<unknown> => {
      using engine = opened.model.engine({ lookahead, budget: 512 });
      using cache = opened.model.createCache();
      const answers: unknown[] = [];
      for (const [n, kept] of [0, 25, 3].entries()) {
        cache.truncate(kept);
        const inputIds = [promptOf(5 + n, 30)];
        const { sequences } = await opened.model.generate({
          ...{ ...request, inputIds, maxNewTokens: 9 + n, pastKeyValues: cache, engine },
        });
        answers.push(sequences, cache.length);
      }
      return answers;
    };
    expect(await texts(4)).toEqual(await texts(0));
  });

  test("logits that are no numbers are looked at by the host, whichever pass they come from", async () => {
    const { backend, model } = opened;
    const { ids } = await textOf({}, 0);
    const V = model.config.vocabSize;
    // From the twelfth pass on the last logit is NaN.
    const pass = model.pass.bind(model);
    let passes = 0;
    model.pass = (inputs) => {
      const follow = inputs.follow.bind(inputs);
      inputs.follow = (logits) => {
        if (passes >= 12)
          backend.writePart?.(logits.handle, (V - 1) * 4, new Uint8Array(new Float32Array([NaN]).buffer));
        return follow(logits);
      };
      passes++;
      return pass(inputs);
    };
    try {
      using engine = model.engine({ lookahead: 4, replay: false });
      const told: number[] = [];
      const failed = (async () => {
        for await (const { id } of engine.submit({ ...request, inputIds: promptOf(1, 5), maxNewTokens: 20 }))
          told.push(id);
      })();
      await expect(failed).rejects.toThrow(/NaN/);
      expect(told).toEqual(ids.slice(0, told.length));
      expect(told.length).toBeGreaterThan(5);
    } finally {
      model.pass = pass;
    }
  });

  test("logits that somebody changes behind the pass are the ones that count", async () => {
    const { model } = opened;
    const pass = model.pass.bind(model);
    model.pass = (inputs) => {
      const logits = pass(inputs);
      if (!logits) return null;
      using _given = logits;
      return logits.view(logits.layout);
    };
    try {
      const { ids, passes } = await textOf({ maxNewTokens: 9 }, 4);
      expect({ ids, passes }).toEqual(await textOf({ maxNewTokens: 9 }, 0));
    } finally {
      model.pass = pass;
    }
  });

  test("texts that come and go, end and are cancelled: each gives what it gives alone", async () => {
    const text = fc.record({
      seed: fc.nat(50),
      length: fc.constantFrom(1, 3, 30, 60, 63, 64),
      maxNewTokens: fc.integer({ min: 1, max: 24 }),
      ends: fc.boolean(),
      draws: fc.boolean(),
      /** It comes when so many tokens of the first one have been told. */
      comesAt: fc.nat(6),
      /** It is left when so many of its tokens have been told. */
      leftAt: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null, freq: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 2, max: 6 }),
        async (texts, lookahead) => {
          using engine = opened.model.engine({ lookahead, budget: 512 });
          const requests = texts.map(({ seed, length, maxNewTokens, ends, draws }): EngineRequest => ({
            ...{ ...request, inputIds: promptOf(seed, length), maxNewTokens },
            ...(ends && { eosTokenId: [...Array(12).keys()] }),
            ...(draws && { doSample: true, topK: 5, seed }),
          }));
          const started = new Set<number>();
          const running: Promise<readonly number[]>[] = [];
          const comeAt = (told: number): void => {
            for (const [n, { comesAt }] of texts.entries())
              if ((n === 0 || comesAt <= told) && !started.has(n)) {
                started.add(n);
                running.push(read(n));
              }
          };
          const read = async (n: number): Promise<readonly number[]> => {
            const { leftAt = null } = texts[n] ?? {};
            const ids: number[] = [];
            for await (const { id } of engine.submit(requests[n] ?? { inputIds: [1] })) {
              ids.push(id);
              if (n === 0) comeAt(ids.length);
              if (ids.length === leftAt) break;
            }
            if (n === 0) comeAt(Infinity);
            return ids;
          };
          comeAt(-1);
          await running[0];
          const given = await Promise.all(running);
          const order = [...started];
          for (const [i, ids] of given.entries()) {
            const n = order[i] ?? 0;
            using own = opened.model.engine({ lookahead: 0 });
            const { ids: alone } = await own.submit(requests[n] ?? { inputIds: [1] }).result;
            expect(ids).toEqual(alone.slice(0, texts[n]?.leftAt ?? alone.length));
          }
          // Who was left ends with the pass that it has a part in.
          await expect.poll(() => engine.stats).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
        },
      ),
      { seed: 1, numRuns: 20 },
    );
  });
});

test.each<[EngineOptions, RegExp]>([
  [{ lookahead: -1 }, /^lookahead: is -1; expected an integer from 0 to 64$/],
  [{ lookahead: 65 }, /^lookahead: is 65; expected an integer from 0 to 64$/],
  [{ lookahead: NaN }, /^lookahead: is NaN; expected an integer from 0 to 64$/],
  [{ budget: 0 }, /^budget: is 0; expected an integer of at least 1$/],
  [{ maxTokens: 2.5 }, /^maxTokens: is 2.5; expected an integer of at least 1$/],
])("an engine with %o is none", (options, message) => {
  expect(() => opened.model.engine(options)).toThrow(message);
});

describe("a client whose next tokens are queued already", () => {
  /** What comes behind a text. @param at position of its last token; default: its place */
  async function next(
    client: EngineClient,
    ids: readonly number[],
    { at = ids.length - 1, accepts }: { readonly at?: number } & Pick<GreedyWanted, "accepts"> = {},
  ): Promise<Choice | undefined> {
    if (client.cache.batchSize === 0) client.cache.addRows(1);
    const positions = ids.map((_, t) => (t === ids.length - 1 ? at : t));
    const row = { ids, positions, visible: null, skip: 0, sequence: client.cache.sequences[0]!, outputs: 1 };
    const wanted = { kind: "greedy", ahead: 9, ...(accepts && { accepts }) } as const;
    const [choice] = await client.compute({ rows: [row], wanted, chunkSize: null, isWhole: false });
    return choice;
  }

  type Act = (client: EngineClient, ids: readonly number[]) => Promise<Choice | undefined>;

  /** What `act` gives for a client that has chosen three tokens, which come behind `[5, 6, 7]`. */
  async function behindThree(lookahead: number, act: Act): Promise<Choice | undefined> {
    using engine = opened.model.engine({ lookahead, budget: 512 });
    const client = engine.open({});
    const ids = [5, 6, 7];
    for (let i = 0; i < 3; i++) ids.push((await next(client, ids))?.token ?? -1);
    try {
      return await act(client, ids);
    } finally {
      client.close();
    }
  }

  test.each<{ readonly what: string; readonly act: Act }>([
    { what: "goes on with it", act: (client, ids) => next(client, ids) },
    { what: "goes on with another token", act: (client, ids) => next(client, [...ids.slice(0, -1), 90]) },
    { what: "goes on at another position", act: (client, ids) => next(client, ids, { at: 40 }) },
    {
      what: "takes tokens back, and has the same one at the same position",
      act: (client, ids) => {
        client.cache.sequences[0]?.truncate(2);
        return next(client, [...ids.slice(0, 2), ids.at(-1) ?? -1], { at: ids.length - 1 });
      },
    },
    {
      what: "looks at the logits where a token is not accepted",
      act: (client, ids) => next(client, ids, { accepts: () => false }),
    },
  ])("$what", async ({ act }) => {
    const expected = await behindThree(0, act);
    expect(expected).toBeDefined();
    expect(await behindThree(4, act)).toEqual(expected);
  });
});
