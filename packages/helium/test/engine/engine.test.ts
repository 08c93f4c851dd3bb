import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Engine, GenerateOptions } from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const opened = openFixtureModel("helium");

/** A prompt of its own for each conversation, of 2 to 21 tokens. */
const promptOf = (n: number): number[] =>
  Array.from({ length: 2 + ((n * 7) % 20) }, (_, t) => 1 + ((n * 31 + t * 13) % 90));

const optionsOf = (n: number): GenerateOptions => ({
  generationConfig: {},
  inputIds: [promptOf(n)],
  maxNewTokens: 3 + (n % 6),
  ...(n % 3 === 1 && { doSample: true, topK: 20, seed: n }),
  ...(n % 5 === 4 && { numBeams: 2 }),
});

const alone = new Map<number, Promise<number[][]>>();
const textAlone = (n: number): Promise<number[][]> => {
  const text = alone.get(n) ?? opened.model.generate(optionsOf(n)).then(({ sequences }) => sequences);
  alone.set(n, text);
  return text;
};

describe("one engine", () => {
  test("ten conversations at once share passes, and each is as it is alone", async () => {
    using engine = opened.model.engine({ maxTokens: 4096, budget: 32 });
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    const texts = await Promise.all(numbers.map((n) => opened.model.generate({ ...optionsOf(n), engine })));
    for (const n of numbers) expect(texts[n]?.sequences).toEqual(await textAlone(n));
    const { passes, computedTokens, running, waiting, pages } = engine.stats;
    expect([running, waiting, pages.held]).toEqual([0, 0, 0]);
    // Far fewer passes than steps of all of them together.
    expect(passes).toBeLessThan(30);
    expect(computedTokens).toBeGreaterThan(passes);
  });

  test("a text does not depend on budget, room, stored starts, or who comes and goes", async () => {
    const schedule = fc.record({
      budget: fc.integer({ min: 1, max: 40 }),
      pages: fc.integer({ min: 3, max: 8 }),
      order: fc.array(fc.record({ n: fc.nat(9), late: fc.nat(4), aborted: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
    });
    await fc.assert(
      fc.asyncProperty(schedule, async ({ budget, pages, order }) => {
        using engine = opened.model.engine({ maxTokens: 64 * pages, budget });
        await Promise.all(
          order.map(async ({ n, late, aborted }) => {
            for (let turn = 0; turn < late; turn++) await new Promise((resolve) => setImmediate(resolve));
            const controller = new AbortController();
            const attempt = opened.model.generate({ ...optionsOf(n), engine, signal: controller.signal });
            if (aborted) setImmediate(() => controller.abort(new Error("enough")));
            const text = await attempt.catch((error: unknown) => error);
            if (aborted && text instanceof Error) expect(text.message).toBe("enough");
            else expect(text).toMatchObject({ sequences: await textAlone(n) });
          }),
        );
        expect(engine.stats.pages.held).toBe(0);
      }),
      { seed: 20261129, numRuns: 25 },
    );
  });

  test("one that throws ends alone", async () => {
    using engine = opened.model.engine();
    const failing = { name: "failing", process: () => Promise.reject(new RangeError("no")) };
    const [bad, good] = await Promise.allSettled([
      opened.model.generate({ ...optionsOf(0), engine, logitsProcessors: [failing] }),
      opened.model.generate({ ...optionsOf(1), engine }),
    ]);
    expect(bad).toMatchObject({ status: "rejected", reason: new RangeError("no") });
    expect(good).toMatchObject({ value: { sequences: await textAlone(1) } });
  });

  test("a pass that fails is repeated client by client, and the one at fault ends alone", async () => {
    const { model } = opened;
    using engine = model.engine({ budget: 200 });
    const pass = model.pass.bind(model);
    const bad = 95;
    model.pass = (inputs) => {
      if (inputs.steps.some(({ ids }) => ids.includes(bad))) throw new RangeError("a bad token");
      return pass(inputs);
    };
    try {
      const ask = (inputIds: number[][]): ReturnType<typeof model.generate> =>
        model.generate({ generationConfig: {}, inputIds, maxNewTokens: 4, engine });
      const asked = [[[1, 2, 3]], [[1, bad, 3]], [[4, 5]]].map(ask);
      const [first, failed, last] = await Promise.allSettled(asked);
      expect(failed).toMatchObject({ status: "rejected", reason: new RangeError("a bad token") });
      model.pass = pass;
      for (const [text, inputIds] of [
        [first, [[1, 2, 3]]],
        [last, [[4, 5]]],
      ] as const) {
        const { sequences } = await model.generate({ generationConfig: {}, inputIds: [...inputIds], maxNewTokens: 4 });
        expect(text).toMatchObject({ value: { sequences } });
      }
      expect(engine.stats.pages.held).toBe(0);
    } finally {
      model.pass = pass;
    }
  });

  describe("where a pass takes longer than the event loop may wait", () => {
    /** Passes of 26 ms and more, and the tokens of each. */
    const slowly = async (run: (sizes: readonly number[]) => Promise<void>): Promise<void> => {
      const { model } = opened;
      const pass = model.pass.bind(model);
      const sizes: number[] = [];
      model.pass = (inputs) => {
        sizes.push(inputs.size.tokens);
        const end = performance.now() + 26;
        const logits = pass(inputs);
        while (performance.now() < end);
        return logits;
      };
      try {
        await run(sizes);
      } finally {
        model.pass = pass;
      }
    };
    const ask = (engine: Engine, n: number, maxNewTokens: number): ReturnType<typeof opened.model.generate> =>
      opened.model.generate({ generationConfig: {}, inputIds: [promptOf(n)], maxNewTokens, engine });

    test("all texts still share every pass", () =>
      slowly(async (sizes) => {
        using engine = opened.model.engine({ budget: 200 });
        await Promise.all(Array.from({ length: 8 }, (_, n) => ask(engine, n, 6)));
        // The first one came before the others had asked.
        expect(sizes.slice(2)).toEqual([8, 8, 8, 8, 7]);
      }));

    test("a text that comes later is read beside more rows than the pace allows", () =>
      slowly(async () => {
        using engine = opened.model.engine({ budget: 4 });
        let ended = 0;
        const first = Array.from({ length: 8 }, (_, n) => ask(engine, n, 24).then(() => ended++));
        while (engine.stats.running < 8) await new Promise((resolve) => setImmediate(resolve));
        await ask(engine, 8, 1);
        expect(ended).toBe(0);
        await Promise.all(first);
      }));
  });

  test("the logits of greedy rows do not come to the host, beside others whose do", async () => {
    const { model } = opened;
    using engine = model.engine({ budget: 200 });
    const pass = model.pass.bind(model);
    let [isTrap, most] = [true, 0];
    model.pass = (inputs) => {
      const logits = pass(inputs);
      if (logits && isTrap) logits.data = () => Promise.reject(new RangeError("whole logits were read"));
      most = Math.max(most, inputs.size.outputs);
      return logits;
    };
    const greedy = { generationConfig: {}, inputIds: [promptOf(1), promptOf(2)].map((ids) => ids.slice(0, 3)) };
    const options = { ...greedy, maxNewTokens: 5, engine };
    try {
      const text = await model.generate(options);
      expect(most).toBe(2);
      await expect(model.generate({ ...options, outputLogits: true })).rejects.toThrow("whole logits were read");
      isTrap = false;
      expect((await model.generate({ ...options, outputLogits: true })).sequences).toEqual(text.sequences);
      const [beside, sampled] = await Promise.all([
        model.generate(options),
        model.generate({ ...optionsOf(1), engine }),
      ]);
      expect(most).toBe(3);
      expect(beside.sequences).toEqual(text.sequences);
      expect(sampled.sequences).toEqual(await textAlone(1));
    } finally {
      model.pass = pass;
    }
  });

  test("a text that begins as an earlier one is not computed again", async () => {
    using engine = opened.model.engine({ maxTokens: 1024 });
    const inputIds = [Array.from({ length: 130 }, (_, t) => 1 + ((t * 13) % 90))];
    const options = { generationConfig: {}, inputIds, maxNewTokens: 4 };
    const plain = await opened.model.generate(options);
    for (const reused of [0, 128]) {
      expect((await opened.model.generate({ ...options, engine })).sequences).toEqual(plain.sequences);
      expect(engine.stats.reusedTokens).toBe(reused);
    }
  });

  test("a text that can never fit is refused with the numbers, and nothing stays", async () => {
    using engine = opened.model.engine({ maxTokens: 128 });
    const inputIds = [new Array<number>(200).fill(5)];
    const attempt = opened.model.generate({ generationConfig: {}, inputIds, maxLength: 210, engine });
    await expect(attempt).rejects.toThrow(
      /rows of up to 210 tokens need room for 209, 4 pages of 64, the engine has 2/,
    );
    expect(engine.stats.pages.held).toBe(0);
  });

  test("is freed with its model, its requests with it", async () => {
    const engine = opened.model.engine();
    const attempt = opened.model.generate({ ...optionsOf(0), maxNewTokens: 50_000, engine });
    setImmediate(() => engine.dispose());
    await expect(attempt).rejects.toThrow("Engine: was disposed");
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });
});
