import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, GenerationError, modelSource, type ModelForCausalLM } from "@helium-lm/helium";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { withConfigKeys } from "../helpers/with-config.ts";

test("a row that outgrows the short longrope table is computed again with the long one", async () => {
  const backend = await createBackend("cpu");
  const source = await modelSource(fixturePath("models/phi3/causal"));
  const longrope = {
    rope_type: "longrope",
    rope_theta: 10000.5,
    partial_rotary_factor: 0.5,
    short_factor: [1, 1, 1, 1],
    long_factor: [1.5, 2, 4, 8],
    original_max_position_embeddings: 8,
  };
  using model = await AutoModelForCausalLM.fromPretrained(
    withConfigKeys(source, { rope_parameters: longrope, original_max_position_embeddings: 8 }),
    { backend },
  );
  expect(model.recomputeBeyond).toBe(8);
  const options = { inputIds: [[1, 21, 36, 9, 4]], maxNewTokens: 10, eosTokenId: null };
  const cached = await model.generate(options);
  // Without a cache every step is one whole pass, so its angles are those of its length by definition.
  expect(cached).toEqual(await model.generate({ ...options, useCache: false }));
});

describe("generation on cpu", () => {
  let backend: Backend;
  let model: ModelForCausalLM;
  let weightHandles = 0;
  beforeAll(async () => {
    backend = await createBackend("cpu");
    model = await AutoModelForCausalLM.fromPretrained(fixturePath("models/helium/causal"), { backend });
    weightHandles = backend.memory().handles;
  });
  afterAll(() => {
    model.dispose();
  });

  const prompt = [[1, 21, 36, 9]];

  test("the stream yields what generate returns, token by token", async () => {
    const { sequences } = await model.generate({ inputIds: prompt, maxNewTokens: 8, eosTokenId: null });
    const streamed: number[] = [];
    for await (const { tokens } of model.stream({ inputIds: prompt, maxNewTokens: 8, eosTokenId: null }))
      streamed.push(...tokens);
    expect([...(prompt[0] ?? []), ...streamed]).toEqual(sequences[0]);
  });

  test("leaving the stream early frees the cache", async () => {
    for await (const step of model.stream({ inputIds: prompt, maxNewTokens: 50 })) {
      expect(step.tokens).toHaveLength(1);
      break;
    }
    expect(backend.memory().handles).toBe(weightHandles);
  });

  test("a seed fixes the sample, another seed changes it", async () => {
    const sample = async (seed: number): Promise<number[][]> =>
      (
        await model.generate({
          inputIds: prompt,
          maxNewTokens: 16,
          doSample: true,
          temperature: 1.5,
          eosTokenId: null,
          seed,
        })
      ).sequences;
    const [a, again, b] = [await sample(7), await sample(7), await sample(8)];
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
  });

  test("top-k 1 and a tiny top-p are greedy", async () => {
    const greedy = await model.generate({ inputIds: prompt, maxNewTokens: 12, eosTokenId: null });
    for (const narrow of [{ topK: 1 }, { topP: 1e-9 }])
      expect(
        await model.generate({ inputIds: prompt, maxNewTokens: 12, eosTokenId: null, doSample: true, ...narrow }),
      ).toEqual(greedy);
  });

  test("an aborted signal stops before the first step", async () => {
    const reason = new Error("enough");
    await expect(model.generate({ inputIds: prompt, maxNewTokens: 4, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(backend.memory().handles).toBe(weightHandles);
  });

  test.each([
    ["an empty prompt", { inputIds: [[]] }, /inputIds: the prompt is empty/],
    ["ragged rows", { inputIds: [[1, 2], [1]] }, /inputIds: row 1 has 1 tokens/],
    [
      "an id outside the vocabulary",
      { inputIds: [[1, 97]] },
      /token 97 at row 0, position 1 is outside the vocabulary/,
    ],
    ["a mask of another shape", { inputIds: prompt, attentionMask: [[1]] }, /attentionMask/],
    [
      "a prompt as long as maxLength",
      { inputIds: prompt, maxLength: 4 },
      /maxLength: is 4, but the prompt already has 4/,
    ],
    ["no new tokens", { inputIds: prompt, maxNewTokens: 0 }, /maxNewTokens: is 0; expected an integer > 0/],
    ["NaN temperature", { inputIds: prompt, doSample: true, temperature: NaN }, /temperature: is NaN/],
    ["zero temperature", { inputIds: prompt, doSample: true, temperature: 0 }, /temperature: is 0; .*doSample: false/],
    ["a negative top-k", { inputIds: prompt, topK: -1 }, /topK: is -1/],
    ["a top-p above 1", { inputIds: prompt, topP: 1.5 }, /topP: is 1.5/],
  ])("%s is refused", async (_, options, message) => {
    const attempt = model.generate(options);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(GenerationError);
    expect(backend.memory().handles).toBe(weightHandles);
  });
});
