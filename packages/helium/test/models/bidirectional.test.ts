import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import type { GenerateOptions, ModelForCausalLM } from "@helium-lm/helium";
import { editedModel, type Config } from "../helpers/edited-model.ts";
import { compareGolden, readFixture, tolerances, type Golden } from "../../../../testing/fixtures.ts";

interface Row {
  readonly input_ids: number[];
  readonly logits: Golden;
  readonly step_logits: Golden;
  readonly sequence: number[];
}

/** What transformers gives; scripts/reference/make_bidirectional_cases.py says which of its attentions follow the key. */
const { cases } = readFixture<{
  readonly cases: readonly { readonly family: string; readonly config: Config; readonly rows: readonly Row[] }[];
}>("bidirectional.json");

const backends = { cpu: () => createBackend("cpu"), wasm: () => createWasmBackend({ threads: 2 }) } as const;

/** More tokens than a page has, the same for the same number. */
const text = (length: number, first = 0): number[] =>
  Array.from({ length }, (_, i) => 4 + ((7 * i + first + (i >> 2)) % 90));

const plain = { generationConfig: {}, doSample: false, eosTokenId: [], padTokenId: 3 } as const;

describe.each(["cpu", "wasm"] as const)("tokens that see those behind them, on %s", (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await backends[name]();
  });
  afterAll(() => {
    expect(backend.memory().handles).toBe(0);
    backend.dispose();
  });

  const forwardLogits = async (model: ModelForCausalLM, ids: readonly number[]): Promise<number[][]> => {
    using output = model.forward({ inputIds: [ids] });
    return ((await output.logits.toArray()) as number[][][])[0] ?? [];
  };

  /** The text after a prompt, and the logits it was chosen by. */
  const generated = async (
    model: ModelForCausalLM,
    options: GenerateOptions,
  ): Promise<{
    readonly sequences: readonly (readonly number[])[];
    readonly logits: readonly (readonly number[][])[];
  }> => {
    const { sequences, logits } = await model.generate({ ...plain, kvDType: "f32", ...options, outputLogits: true });
    return { sequences, logits: (logits ?? []).map((step) => step.map((row) => [...row])) };
  };

  test.each(cases.map((one) => [`${one.family} ${JSON.stringify(one.config)}`, one] as const))(
    "%s: forward and generate as transformers",
    async (_, { family, config, rows }) => {
      using model = await editedModel(backend, family, config);
      for (const { input_ids: ids, logits, step_logits: steps, sequence } of rows) {
        const whole = await forwardLogits(model, ids);
        expect(compareGolden(whole, logits, tolerances.states).firstBad).toBeNull();
        const maxNewTokens = sequence.length - ids.length;
        const out = await generated(model, { inputIds: [ids], maxNewTokens });
        expect(out.sequences).toEqual([sequence]);
        const ours = out.logits.map(([row]) => row);
        expect(compareGolden(ours, steps, tolerances.states).firstBad).toBeNull();
        // The very numbers of `forward`.
        expect(out.logits[0]?.[0]).toEqual(whole.at(-1));
        const chunked = await generated(model, {
          inputIds: [ids],
          maxNewTokens,
          prefillChunkSize: 2,
          onWarning: () => {},
        });
        expect(chunked).toEqual(out);
      }
    },
  );

  describe.each(["gemma2", "gemma3_text"])("%s in an engine", (family) => {
    let model: ModelForCausalLM;
    beforeAll(async () => {
      model = await editedModel(backend, family, { use_bidirectional_attention: true, max_position_embeddings: 256 });
    });
    afterAll(() => {
      model.dispose();
    });

    test("a stored prompt is of no use to a longer one", async () => {
      using engine = model.engine({ kvDType: "f32" });
      for (const length of [70, 140, 66]) {
        const inputIds = [text(length)];
        const alone = await generated(model, { inputIds, maxNewTokens: 3 });
        expect(await generated(model, { inputIds, maxNewTokens: 3, engine })).toEqual(alone);
      }
      expect(engine.stats).toMatchObject({ reusedTokens: 0, pages: { held: 0, cached: 0 } });
    });

    test("a text whose pages were taken for another goes on as if they had not been", async () => {
      using engine = model.engine({ maxTokens: 3 * 64, kvDType: "f32" });
      const call = { ...plain, inputIds: [text(40)], maxNewTokens: 30 };
      const { sequences } = await model.generate({ ...call, kvDType: "f32" });
      const tokens: number[] = [];
      for await (const step of model.stream({ ...call, engine })) {
        tokens.push(...step.tokens);
        if (tokens.length !== 10) continue;
        const other = { inputIds: [text(150, 1)], maxNewTokens: 30 };
        expect(await generated(model, { ...other, engine })).toEqual(await generated(model, other));
        expect(engine.stats.preemptions).toBe(1);
      }
      expect([...text(40), ...tokens]).toEqual(sequences[0]);
    });

    test("several prompts of different lengths, padded, are each what they are alone", async () => {
      const prompts = [text(9), text(5, 1), text(7, 2)];
      const inputIds = prompts.map((ids) => [...new Array<number>(9 - ids.length).fill(3), ...ids]);
      const attentionMask = inputIds.map((row, r) => row.map((_, t) => (t < 9 - (prompts[r]?.length ?? 0) ? 0 : 1)));
      const { sequences } = await generated(model, { inputIds, attentionMask, maxNewTokens: 5 });
      for (const [r, ids] of prompts.entries()) {
        const alone = await generated(model, { inputIds: [ids], maxNewTokens: 5 });
        expect(sequences[r]?.slice(9)).toEqual(alone.sequences[0]?.slice(ids.length));
      }
    });

    test("without a cache every step reads the whole text anew, and all of it sees all of it", async () => {
      const { sequences, logits } = await generated(model, { inputIds: [text(6)], maxNewTokens: 3, useCache: false });
      for (const [step, [row]] of logits.entries()) {
        const whole = await forwardLogits(model, sequences[0]?.slice(0, 6 + step) ?? []);
        expect(row).toEqual(whole.at(-1));
      }
    });

    test("tokens tried beyond the text would be seen before they are taken: refused", async () => {
      const call = { ...plain, inputIds: [text(6)], maxNewTokens: 3 };
      await expect(model.generate({ ...call, promptLookupNumTokens: 3 })).rejects.toThrow(
        "promptLookupNumTokens: tries tokens beyond the text, but in this model tokens see those that follow; leave it out",
      );
      await expect(model.generate({ ...call, assistantModel: model })).rejects.toThrow("assistantModel: tries tokens");
    });
  });
});
