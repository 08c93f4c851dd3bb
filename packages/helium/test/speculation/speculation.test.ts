import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  generate,
  GenerationError,
  logitsProcessor,
  type GenerateOptions,
  type GenerationStep,
} from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";
import { markovModel } from "../helpers/markov-model.ts";

/** Rows of few different tokens, so that ends occur again, padded to one length. */
const prompts = fc
  .array(fc.array(fc.integer({ min: 4, max: 9 }), { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 5 })
  .map((rows) => {
    const length = Math.max(...rows.map((row) => row.length));
    const padded = (row: readonly number[], fill: (id: number) => number): number[] => [
      ...new Array<number>(length - row.length).fill(0),
      ...row.map(fill),
    ];
    return {
      inputIds: rows.map((row) => padded(row, (id) => id)),
      attentionMask: rows.map((row) => padded(row, () => 1)),
    };
  });

const tried = fc.record(
  {
    numAssistantTokens: fc.integer({ min: 1, max: 6 }),
    numAssistantTokensSchedule: fc.constantFrom("adaptive", "heuristic", "constant"),
    assistantConfidenceThreshold: fc.constantFrom(0, 0.02, 0.4),
    promptLookupNumTokens: fc.integer({ min: 1, max: 5 }),
    maxMatchingNgramSize: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ["numAssistantTokens", "numAssistantTokensSchedule"] },
);

const rest = fc.record({
  maxNewTokens: fc.integer({ min: 1, max: 14 }),
  eosTokenId: fc.option(fc.integer({ min: 4, max: 96 })),
  noRepeatNgramSize: fc.constantFrom(0, 3),
  repetitionPenalty: fc.constantFrom(1, 0.7),
  frequencyPenalty: fc.constantFrom(0, 0.4),
  presencePenalty: fc.constantFrom(0, -0.6),
  guidanceScale: fc.constantFrom(1, 1, 1, 1.5),
});

describe("a draft model changes no greedy token", () => {
  const opened = openFixtureModel("helium", "wasm");
  const others = ["mistral", "helium-tied", "llama"].map((family) => openFixtureModel(family, "wasm"));

  test("any rows, drafts, processors and ends", async () => {
    const assistants = fc.constantFrom(opened, ...others);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(assistants, prompts, tried, rest, async (assistant, rows, speculation, more) => {
        const options = { generationConfig: {}, padTokenId: 3, ...rows, ...more };
        const plain = await opened.model.generate(options);
        const fast = await opened.model.generate({ ...options, ...speculation, assistantModel: assistant.model });
        expect({ ...fast, warnings: [] }).toEqual(plain);
        accepted += fast.speculation?.acceptedTokens ?? 0;
        // What is kept for a next call ends with it; nothing else is left.
        for (const { backend, model, weightHandles } of [opened, assistant]) {
          model.ownEngine.freeUnused();
          expect(backend.memory().handles).toBe(weightHandles);
        }
      }),
      { seed: 20261129, numRuns: 60 },
    );
    expect(accepted).toBeGreaterThan(60);
  });

  test("prompt lookup of several rows draws the same too", async () => {
    await fc.assert(
      fc.asyncProperty(
        prompts,
        fc.integer({ min: 1, max: 3 }),
        tried,
        rest,
        async (rows, copies, speculation, more) => {
          const drawn = { doSample: true, topK: 3, numReturnSequences: copies, seed: 7 };
          const options = { generationConfig: {}, padTokenId: 3, ...rows, ...more, ...drawn };
          const { promptLookupNumTokens = 3, maxMatchingNgramSize = 1 } = speculation;
          const plain = await opened.model.generate(options);
          const looked = await opened.model.generate({ ...options, promptLookupNumTokens, maxMatchingNgramSize });
          expect({ ...looked, warnings: [] }).toEqual(plain);
        },
      ),
      { seed: 20261129, numRuns: 30 },
    );
  });

  test("steps of a stream come when every row has its token", async () => {
    const inputIds = [
      [4, 5, 6, 4, 5],
      [7, 8, 9, 7, 8],
      [4, 4, 4, 4, 4],
    ];
    const options = { generationConfig: {}, inputIds, maxNewTokens: 12, padTokenId: 3 };
    const steps = async (more: GenerateOptions): Promise<GenerationStep[]> => {
      const all: GenerationStep[] = [];
      for await (const step of opened.model.stream({ ...options, ...more })) all.push(step);
      return all;
    };
    expect(await steps({ assistantModel: opened.model })).toEqual(await steps({}));
    for await (const step of opened.model.stream({ ...options, assistantModel: opened.model }))
      if (step.tokens.length > 0) break;
    opened.model.ownEngine.freeUnused();
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });

  test("rows of one prompt share its pages and its reading by the draft model", async () => {
    const options = { generationConfig: {}, inputIds: [[4, 5, 6, 7, 8, 9]], maxNewTokens: 6, doSample: true, seed: 3 };
    const before = opened.model.ownEngine.stats.computedTokens;
    await opened.model.generate({ ...options, numReturnSequences: 4, assistantModel: others[0]!.model });
    const { computedTokens, draftedTokens } = opened.model.ownEngine.stats;
    // The prompt once, and for each row its new tokens but the last, and what was tried in vain.
    expect(computedTokens - before).toBeLessThanOrEqual(6 + 4 * 5 + draftedTokens);
  });

  test("a cache that was given goes on, and holds what was written", async () => {
    using cache = opened.model.createCache({ kvDType: "f32" });
    using plainCache = opened.model.createCache({ kvDType: "f32" });
    const options = { generationConfig: {}, maxNewTokens: 9 };
    let [ids, plainIds] = [
      [4, 5, 6, 4],
      [4, 5, 6, 4],
    ];
    for (let turn = 0; turn < 3; turn++) {
      const assistantModel = others[0]!.model;
      const fast = await opened.model.generate({ ...options, inputIds: [ids], pastKeyValues: cache, assistantModel });
      const plain = await opened.model.generate({ ...options, inputIds: [plainIds], pastKeyValues: plainCache });
      expect(fast.sequences).toEqual(plain.sequences);
      expect(cache.length).toBe(plainCache.length);
      [ids, plainIds] = [
        [...fast.sequences[0]!, 5],
        [...plain.sequences[0]!, 5],
      ];
    }
  });

  test("an abort midway and a processor that fails leave nothing in either model", async () => {
    const controller = new AbortController();
    const assistant = others[0]!;
    let calls = 0;
    const stopping = logitsProcessor("stopping", () => {
      if (++calls === 9) controller.abort(new Error("enough"));
    });
    const failing = logitsProcessor("failing", (_, ids) => {
      if (ids.length === 9) throw new RangeError("nine");
    });
    const options = {
      generationConfig: {},
      inputIds: [
        [4, 5],
        [6, 7],
      ],
      maxNewTokens: 30,
      assistantModel: assistant.model,
    };
    const aborted = opened.model.generate({ ...options, logitsProcessors: [stopping], signal: controller.signal });
    await expect(aborted).rejects.toThrow("enough");
    await expect(opened.model.generate({ ...options, logitsProcessors: [failing] })).rejects.toThrow("nine");
    for (const { backend, model, weightHandles } of [opened, assistant]) {
      model.ownEngine.freeUnused();
      expect(backend.memory().handles).toBe(weightHandles);
    }
  });

  test("a processor that fails on a draft alone changes nothing", async () => {
    const options = { generationConfig: {}, inputIds: [[4, 5, 6]], maxNewTokens: 10 };
    const { sequences } = await opened.model.generate(options);
    const written = new Set(Array.from({ length: 13 }, (_, n) => sequences[0]!.slice(0, n).join()));
    const strict = logitsProcessor("strict", (_, ids) => {
      if (!written.has(ids.join())) throw new RangeError("a text that is never written");
    });
    const asked = { ...options, logitsProcessors: [strict], assistantConfidenceThreshold: 0 };
    const fast = await opened.model.generate({
      ...asked,
      numAssistantTokensSchedule: "constant",
      assistantModel: others[0]!.model,
    });
    expect(fast.sequences).toEqual(sequences);
    expect(fast.speculation!.draftedTokens).toBeGreaterThan(0);
  });

  test("what looks at all rows of a step decodes plainly and says so", async () => {
    const inputIds = [
      [4, 5],
      [6, 7],
    ];
    const options = { generationConfig: {}, inputIds, maxNewTokens: 4, assistantModel: opened.model };
    const own = { name: "own", process: () => undefined };
    const warned = async (more: GenerateOptions): Promise<readonly string[]> => {
      const { warnings, speculation } = await opened.model.generate({ ...options, ...more });
      expect(speculation).toBeNull();
      return warnings;
    };
    expect(await warned({ logitsProcessors: [own] })).toEqual([
      "assistantModel: has no effect on 2 rows beside own, which looks at all rows of a step; leave one out, or give one row per call",
    ]);
    expect((await warned({ guidanceScale: 1.5 })).join()).toContain("beside guidanceScale,");
    for (const shown of [{ outputScores: true }, { outputLogits: true }])
      expect((await warned(shown)).join()).toContain("beside outputScores and outputLogits,");
    const { speculation } = await opened.model.generate({ ...options, inputIds: [[4, 5]], logitsProcessors: [own] });
    expect(speculation).not.toBeNull();
  });

  test("refuses what cannot be, with the numbers", async () => {
    const small = markovModel(opened.backend, [
      [0, 1],
      [1, 0],
    ]);
    const refused = (options: GenerateOptions): Promise<unknown> =>
      generate(opened.model, { inputIds: [[4]], ...options }).catch((error: unknown) => error);
    const assistantModel = opened.model;
    for (const [options, text] of [
      [{ assistantModel: small }, "assistantModel: has a vocabulary of 2 tokens, but the model has 97"],
      [{ assistantModel: {} as never }, "assistantModel: is an object; expected a model of AutoModelForCausalLM"],
      [{ assistantModel, numBeams: 2 }, "assistantModel: works on one row by itself, but the 2 beams"],
      [{ assistantModel, useCache: false }, "assistantModel: needs a cache"],
      [{ assistantModel, outputAttentions: true }, "assistantModel: tries several tokens per pass"],
      [
        { numAssistantTokensSchedule: "often" as never },
        "numAssistantTokensSchedule: is often; expected one of adaptive",
      ],
      [{ assistantConfidenceThreshold: 2 }, "assistantConfidenceThreshold: is 2; expected a number from 0 to 1"],
      [{ numAssistantTokens: 0 }, "numAssistantTokens: is 0; expected an integer > 0"],
    ] as const) {
      const error = await refused(options);
      expect(error).toBeInstanceOf(GenerationError);
      expect((error as Error).message).toContain(text);
    }
    const { warnings } = await generate(opened.model, { inputIds: [[4]], maxNewTokens: 1, numAssistantTokens: 3 });
    expect(warnings).toEqual([
      "numAssistantTokens: has no effect without assistantModel; set it or leave numAssistantTokens out",
    ]);
  });
});
