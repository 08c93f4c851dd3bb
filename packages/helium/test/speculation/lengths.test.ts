import { createBackend, type Backend } from "@helium-lm/tensor";
import { generate, type GenerateOptions, type GenerateOutput, type GenerativeModel } from "@helium-lm/helium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { markovModel } from "../helpers/markov-model.ts";

const V = 7;
/** Token after token goes `step` further, with odds of e^sure to each other token. */
const cycle = (step: number, sure = 9): number[][] =>
  Array.from({ length: V }, (_, a) => Array.from({ length: V }, (_, b) => (b === (a + step) % V ? sure : 0)));

describe("how many tokens are tried", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend("cpu");
  });
  afterAll(() => expect(backend.memory().handles).toBe(0));

  const ask = (model: GenerativeModel, options: GenerateOptions): Promise<GenerateOutput> =>
    generate(model, { inputIds: [[1]], maxNewTokens: 40, ...options });
  const drafted = async (options: GenerateOptions, model = markovModel(backend, cycle(1))): Promise<number> =>
    (await ask(model, options)).speculation!.draftedTokens;

  test("a draft model that is right takes the model far fewer passes", async () => {
    const model = markovModel(backend, cycle(1));
    const { sequences, speculation } = await ask(model, {
      assistantModel: markovModel(backend, cycle(1), { weightBytes: 0.1 }),
    });
    expect(sequences[0]).toEqual(Array.from({ length: 41 }, (_, i) => (1 + i) % V));
    expect(speculation!.acceptedTokens).toBe(speculation!.draftedTokens);
    const { passes, draftedTokens, acceptedTokens } = model.ownEngine.stats;
    expect({ draftedTokens, acceptedTokens }).toEqual(speculation);
    expect(passes).toBeLessThan(10);
    expect(passes + acceptedTokens).toBe(40);
  });

  test("one that is wrong is left alone, and nothing of it stays", async () => {
    const assistantModel = markovModel(backend, cycle(2), { weightBytes: 0.1 });
    const { sequences, speculation } = await ask(markovModel(backend, cycle(1)), { assistantModel, maxNewTokens: 120 });
    expect(sequences[0]).toEqual(Array.from({ length: 121 }, (_, i) => (1 + i) % V));
    expect(speculation!.acceptedTokens).toBe(0);
    expect(speculation!.draftedTokens).toBeLessThan(25);
  });

  test("one that reads as much as the model does writes nothing, and neither does one that is not sure", async () => {
    expect(await drafted({ assistantModel: markovModel(backend, cycle(1), { weightBytes: 2 }) })).toBe(0);
    const unsure = markovModel(backend, cycle(1, 1), { weightBytes: 0.1 });
    for (const doSample of [false, true]) {
      expect(await drafted({ assistantModel: unsure, assistantConfidenceThreshold: 0.4, doSample, seed: 1 })).toBe(0);
      expect(
        await drafted({ assistantModel: unsure, assistantConfidenceThreshold: 0, doSample, seed: 1 }),
      ).toBeGreaterThan(0);
    }
  });

  test("none is tried beyond the end of the text or of the draft model's context", async () => {
    const constant = { numAssistantTokensSchedule: "constant", numAssistantTokens: 5, inputIds: [[0, 1]] } as const;
    const assistantModel = markovModel(backend, cycle(1));
    // One token without a draft, one behind all that were tried.
    for (const [maxNewTokens, tried] of [
      [1, 0],
      [2, 0],
      [3, 1],
      [7, 5],
    ] as const)
      expect(await drafted({ ...constant, assistantModel, maxNewTokens })).toBe(tried);
    expect(
      await drafted({ ...constant, promptLookupNumTokens: 5, inputIds: [[1, 2, 3, 4, 5, 6, 0, 1]], maxNewTokens: 4 }),
    ).toBe(2);
    const short = markovModel(backend, cycle(1), { context: 8 });
    expect(await drafted({ ...constant, assistantModel: short, maxNewTokens: 30 })).toBe(5);
    const inputIds = [[3, 4, 5, 6, 0, 1]];
    expect(await drafted({ ...constant, inputIds, assistantModel: short, maxNewTokens: 30 })).toBe(1);
  });

  test("lookup goes before the draft model", async () => {
    const inputIds = [[1, 2, 3, 4, 5, 6, 0, 1]];
    const wrong = markovModel(backend, cycle(3), { weightBytes: 0.1 });
    const options = { inputIds, promptLookupNumTokens: 4, assistantModel: wrong };
    const { speculation } = await ask(markovModel(backend, cycle(1)), options);
    expect(speculation!.acceptedTokens).toBe(speculation!.draftedTokens);
  });

  test("lookup does not learn from what the draft model got wrong", async () => {
    const heuristic = {
      numAssistantTokensSchedule: "heuristic",
      numAssistantTokens: 5,
      promptLookupNumTokens: 5,
    } as const;
    const { speculation } = await ask(markovModel(backend, cycle(1)), {
      ...heuristic,
      assistantModel: markovModel(backend, cycle(3)),
      maxNewTokens: 14,
    });
    // Until the text repeats 5, 4, 3, 2, 1, 1 and 1 tokens of the draft model, then 5 that lookup finds.
    expect(speculation).toEqual({ draftedTokens: 17 + 5, acceptedTokens: 5 });
  });

  test("none is tried while the batch is full, whoever fills it", async () => {
    const lookup = { promptLookupNumTokens: 3, inputIds: [[1, 2, 3, 4, 5, 6, 0, 1]] };
    const many = Array.from({ length: 48 }, () => lookup.inputIds[0]!);
    expect(await drafted(lookup)).toBeGreaterThan(20);
    expect(await drafted({ ...lookup, inputIds: many, maxNewTokens: 12 })).toBe(0);
    const model = markovModel(backend, cycle(1));
    const [beside] = await Promise.all([
      drafted({ ...lookup, maxNewTokens: 12 }, model),
      ask(model, { inputIds: many, maxNewTokens: 14 }),
    ]);
    expect(beside).toBeLessThan(4);
  });

  test("a row that ends with its text says so, also where its length ends", async () => {
    const options = { inputIds: [[1], [3]], maxNewTokens: 4, eosTokenId: 5, padTokenId: 0 };
    const assistantModel = markovModel(backend, cycle(1));
    const { sequences, endedBy } = await ask(markovModel(backend, cycle(1)), { ...options, assistantModel });
    expect(sequences).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5, 0, 0],
    ]);
    expect(endedBy).toEqual(["eosTokenId", "eosTokenId"]);
  });
});
