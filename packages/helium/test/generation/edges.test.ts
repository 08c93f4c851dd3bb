import { describe, expect, test } from "vitest";
import { add, scope, tensor } from "@helium-lm/tensor";
import { generate, LogitsError, type GenerateOptions, type GenerativeModel } from "@helium-lm/helium";
import { watched } from "../helpers/watched-model.ts";
import { readFixture } from "../../../../testing/fixtures.ts";
import { optionsOf, type GenerationCase } from "../helpers/generation-fixtures.ts";
import { openFixtureModel, type OpenModel } from "../helpers/generation-model.ts";

type Options = Readonly<Record<string, unknown>>;

const edges = readFixture<{
  readonly nulls: {
    option: string;
    config: Options;
    options: Options;
    from_config: number[][];
    with_null: number[][];
  }[];
  readonly damaged: {
    value: "nan" | "inf" | "-inf";
    token: number;
    step: number;
    options: Options;
    removed: number[][] | null;
    scores: number[] | null;
    is_refused: boolean;
  }[];
  readonly never: { options: Options; sequences: number[][]; scores: number[] }[];
  readonly right_padded: GenerationCase[];
}>("generation/edges.json");

const prompt = [[1, 57, 8, 91, 21]];

describe("null in a call", () => {
  const opened = openFixtureModel("helium");

  test.each(edges.nulls.map((c) => [c.option, c] as const))("%s: is off, whatever the config says", async (_, c) => {
    const { options } = { options: optionsOf({ name: "", input_ids: prompt, options: c.options }) };
    const { generationConfig } = { generationConfig: withoutInputs(c.config) };
    const from = await opened.model.generate({ ...options, generationConfig });
    expect(from.sequences).toEqual(c.from_config);
    const off = withoutInputs({ [c.option]: null });
    const { sequences } = await opened.model.generate({ ...options, generationConfig, ...off });
    expect(sequences).toEqual(c.with_null);
  });

  test("of a sampling option is off too: topK then leaves every token, as transformers' None does", async () => {
    const { scores } = await opened.model.generate({
      inputIds: prompt,
      generationConfig: { doSample: true, topK: 2, topP: 0.1 },
      topK: null,
      topP: null,
      maxNewTokens: 1,
      outputScores: true,
      seed: 1,
    });
    expect(scores?.[0]?.[0]?.every((score) => score > -Infinity)).toBe(true);
  });
});

/** A call's options in our spelling, without inputs. */
function withoutInputs(options: Options): GenerateOptions {
  const { inputIds: _, generationConfig: __, ...rest } = optionsOf({ name: "", input_ids: [], options });
  return rest;
}

/** The model, with a value in place of a token's logit in one forward pass (and row). */
function spoilt(
  { model }: OpenModel,
  at: { value: number; token: number; step: number; row?: number },
): GenerativeModel {
  let step = 0;
  return watched(model, (logits) => {
    if (step++ !== at.step) return logits;
    const [M = 0, V = 0] = logits.shape;
    const rows = Array.from({ length: M }, (_, row) =>
      Array.from({ length: V }, (_, token) => (token === at.token && row === (at.row ?? row) ? at.value : 0)),
    );
    const spoiled = scope(() => add(logits, tensor(model.backend, rows)));
    logits.dispose();
    return spoiled;
  });
}

describe("NaN and infinities among the logits", () => {
  const opened = openFixtureModel("helium");
  const values = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  const cases = edges.damaged.map(
    (c) => [`${c.value} at step ${c.step}, token ${c.token}, ${JSON.stringify(c.options)}`, c] as const,
  );

  test.each(cases)("%s", async (_, c) => {
    const options = { ...optionsOf({ name: "", input_ids: prompt, options: c.options }), seed: 1 };
    const at = { ...c, value: values[c.value] };
    const removed = await generate(spoilt(opened, at), { ...options, removeInvalidValues: true, outputScores: true });
    if (c.removed) expect(removed.sequences).toEqual(c.removed);
    else expect([...new Set(removed.scores?.[c.step]?.[0])]).toEqual(c.scores);

    const plain = generate(spoilt(opened, at), options);
    if (c.value === "-inf") {
      expect((await plain).sequences).toEqual(c.removed);
      return;
    }
    await expect(plain).rejects.toBeInstanceOf(LogitsError);
    await expect(plain).rejects.toThrow(
      new RegExp(`token ${c.token} is (NaN|Infinity) at step ${c.step}, row 0; .*removeInvalidValues: true`),
    );
    await expect(plain).rejects.toMatchObject({ details: { step: c.step, row: 0, token: c.token } });
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });

  test("the row is named; one that has ended is not looked at", async () => {
    const rows = [
      [1, 57, 8],
      [1, 77, 5],
    ];
    const options = { inputIds: rows, maxNewTokens: 4, padTokenId: 3 };
    const at = { value: NaN, token: 5, step: 1, row: 1 };
    await expect(generate(spoilt(opened, at), options)).rejects.toMatchObject({ details: { step: 1, row: 1 } });
    const { sequences } = await generate(spoilt(opened, at), { ...options, maxNewTokens: 1 });
    const ended = generate(spoilt(opened, at), { ...options, eosTokenId: sequences[1]!.at(-1)! });
    await expect(ended).resolves.toBeDefined();
  });

  test("prompt lookup names the step that plain decoding would", async () => {
    const options = { inputIds: [[1, 5, 5, 5, 5, 5]], maxNewTokens: 9, promptLookupNumTokens: 3 };
    const attempt = generate(spoilt(opened, { value: NaN, token: 9, step: 0 }), options);
    await expect(attempt).rejects.toMatchObject({ details: { step: 0, row: 0, token: 9 } });
  });

  test("a temperature that no score survives is a typed error", async () => {
    const options = { inputIds: prompt, maxNewTokens: 2, doSample: true, seed: 1 };
    const attempt = opened.model.generate({ ...options, temperature: 1e-40 });
    await expect(attempt).rejects.toBeInstanceOf(LogitsError);
    await expect(attempt).rejects.toThrow(
      /after the processors .* is Infinity at step 0, row 0; .*raise the temperature/,
    );
  });

  test("a processor's NaN is told apart from the model's, a processor's +∞ is a choice for greedy decoding", async () => {
    const process = (value: number) => ({
      name: "own",
      process: (rows: readonly { readonly scores: Float32Array }[]) =>
        rows.forEach(({ scores }) => scores.fill(value, 7, 8)),
    });
    const options = { inputIds: prompt, maxNewTokens: 1 };
    for (const mode of [{}, { doSample: true }, { numBeams: 2 }]) {
      const attempt = opened.model.generate({ ...options, ...mode, logitsProcessors: [process(NaN)] });
      await expect(attempt).rejects.toThrow(/after the processors the score of token 7 is NaN at step 0, row 0/);
      await expect(attempt).rejects.toBeInstanceOf(LogitsError);
    }
    const forced = await opened.model.generate({ ...options, logitsProcessors: [process(Infinity)] });
    expect(forced.sequences[0]!.at(-1)).toBe(7);
    const drawn = opened.model.generate({ ...options, doSample: true, logitsProcessors: [process(Infinity)] });
    await expect(drawn).rejects.toBeInstanceOf(LogitsError);
  });

  test("beams without any token left are refused as single rows are", async () => {
    const suppressTokens = Array.from({ length: 97 }, (_, token) => token);
    const attempt = opened.model.generate({ inputIds: prompt, maxNewTokens: 2, numBeams: 2, suppressTokens });
    await expect(attempt).rejects.toThrow(/no token is left after 5 tokens/);
  });
});

describe("beams that never stop early", () => {
  const opened = openFixtureModel("helium");
  test.each(edges.never.map((c) => [JSON.stringify(c.options), c] as const))("%s", async (_, c) => {
    const options = optionsOf({ name: "", input_ids: prompt, options: c.options });
    const { sequences, sequencesScores } = await opened.model.generate(options);
    expect(sequences).toEqual(c.sequences);
    c.scores.forEach((score, row) =>
      expect(Math.abs(score - sequencesScores![row]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(score))),
    );
  });
});

describe("text behind padding on the right", () => {
  const opened = openFixtureModel("helium");
  test.each(edges.right_padded.map((c) => [JSON.stringify(c.input_ids), c] as const))("%s", async (_, c) => {
    for (const useCache of [true, false]) {
      const { sequences } = await opened.model.generate({ ...optionsOf(c), useCache });
      expect(sequences).toEqual(c.sequences);
    }
  });
});
