import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configureDispatch, createBackend, type Backend } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import type { KvDType } from "@helium-lm/nn";
import { AutoModelForCausalLM, softmaxRow, type ModelForCausalLM } from "@helium-lm/helium";
import { isCut } from "../../../../testing/short-form.ts";

const folder = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

const { greedy } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly prompt: string; readonly input_ids: number[]; readonly sequence: number[] }[];
};
const texts = greedy.map(({ sequence }) => sequence);

/**
 * How far storage in few bits may move a prediction: Kullback-Leibler divergence from the prediction with f32 keys and
 * values, in nats, over the positions of six texts of 40 tokens. Measured: 5e-8 with f16, 2e-6 with bf16, 2e-5 with q8_0 (llama.cpp
 * reports 1e-3 for its q8_0 on larger models, PR 7412).
 */
const tolerance = {
  f16: { mean: 2e-7, largest: 5e-6 },
  bf16: { mean: 1e-5, largest: 1e-4 },
  q8_0: { mean: 1e-4, largest: 1e-3 },
} as const;

/** Logits this near decide nothing. */
const TIE = 0.05;

const backends = { cpu: () => createBackend("cpu"), wasm: () => createWasmBackend({ threads: 1 }) } as const;

const chosen = isCut("keys and values on cpu") ? (["wasm"] as const) : (["cpu", "wasm"] as const);

describe.each(chosen)("keys and values of helium-nano on %s", (name) => {
  let backend: Backend;
  let model: ModelForCausalLM;
  beforeAll(async () => {
    backend = await backends[name]();
    model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
  });
  afterAll(() => {
    model.dispose();
    expect(backend.memory().handles).toBe(0);
  });

  /** Logits after every token, read in pieces of the given size. */
  const logitsOf = async (kvDType: KvDType, ids: readonly number[], piece: number): Promise<Float32Array[]> => {
    using cache = model.createCache({ kvDType });
    const rows: Float32Array[] = [];
    for (let from = 0; from < ids.length; from += piece) {
      const { logits } = model.forward({ inputIds: [ids.slice(from, from + piece)], pastKeyValues: cache });
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      const V = model.config.vocabSize;
      for (let at = 0; at < values.length; at += V) rows.push(values.slice(at, at + V));
    }
    return rows;
  };

  test.each(["f16", "bf16", "q8_0"] as const)("predictions with %s stay near those with f32", async (kvDType) => {
    const divergences: number[] = [];
    for (const ids of texts) {
      const exact = await logitsOf("f32", ids, ids.length);
      const stored = await logitsOf(kvDType, ids, ids.length);
      exact.forEach((row, t) => divergences.push(divergence(softmaxRow(row), softmaxRow(stored[t] ?? row))));
    }
    const mean = divergences.reduce((sum, value) => sum + value, 0) / divergences.length;
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(tolerance[kvDType].mean);
    expect(Math.max(...divergences)).toBeLessThan(tolerance[kvDType].largest);
  });

  test.each(["f16", "bf16", "q8_0"] as const)(
    "greedy texts with %s leave those of f32 only at near ties",
    async (kvDType) => {
      for (const { input_ids: prompt, sequence } of greedy) {
        const { sequences } = await model.generate({ inputIds: [prompt], maxNewTokens: 32, kvDType });
        const row = sequences[0] ?? [];
        const parting = sequence.findIndex((token, at) => token !== row[at]);
        if (parting < 0) continue;
        const rows = await logitsOf("f32", sequence.slice(0, parting), parting);
        const [ours = NaN, theirs = NaN] = [row[parting], sequence[parting]].map((token) => rows.at(-1)?.[token ?? -1]);
        expect(theirs - ours).toBeLessThan(TIE);
      }
    },
  );

  test("q8_0 rows do not depend on how a prompt is cut", async () => {
    const ids = texts.flat().slice(0, 150);
    const whole = await logitsOf("q8_0", ids, ids.length);
    for (const piece of [1, 7, 64]) expect(await logitsOf("q8_0", ids, piece)).toEqual(whole);
  });

  test("q8_0 rows do not depend on their batch mates", async () => {
    const prompts = greedy.map(({ input_ids: ids }) => ids);
    const width = Math.max(...prompts.map((ids) => ids.length));
    const pad = (fill: number, ids: readonly number[]): number[] => [
      ...new Array<number>(width - ids.length).fill(fill),
      ...ids,
    ];
    const inputIds = prompts.map((ids) => pad(0, ids));
    const attentionMask = prompts.map((ids) =>
      pad(
        0,
        ids.map(() => 1),
      ),
    );
    const options = { maxNewTokens: 8, kvDType: "q8_0" } as const;
    const { sequences } = await model.generate({ ...options, inputIds, attentionMask });
    for (const [row, ids] of inputIds.entries()) {
      const alone = await model.generate({
        ...options,
        inputIds: [ids],
        attentionMask: attentionMask.slice(row, row + 1),
      });
      expect(alone.sequences).toEqual([sequences[row]]);
    }
  });

  test("greedy texts with f16 are those of f32", async () => {
    for (const { input_ids: prompt, sequence } of greedy) {
      const { sequences } = await model.generate({ inputIds: [prompt], maxNewTokens: 32, kvDType: "f16" });
      expect(sequences).toEqual([sequence]);
    }
  });

  test("a text's storage depends on its own length alone, so that it is the same beside others", async () => {
    const { input_ids: prompt = [], sequence = [] } = greedy[0] ?? {};
    const used = new Set<string>();
    configureDispatch(backend, { onOp: ({ op, out }) => op === "scatterRows" && used.add(out.dtype) });
    // Room for 2,500 tokens in all.
    const [inputIds, eosTokenId] = [new Array<readonly number[]>(5).fill(prompt), sequence.slice(prompt.length + 2)];
    await model.generate({ inputIds, maxNewTokens: 500, eosTokenId });
    configureDispatch(backend, {});
    expect([...used]).toEqual([name === "wasm" ? "f16" : "f32"]);
  });

  test("f16 rows do not depend on how a prompt is cut", async () => {
    const ids = texts.flat().slice(0, 150);
    const whole = await logitsOf("f16", ids, ids.length);
    for (const piece of [1, 7, 64]) expect(await logitsOf("f16", ids, piece)).toEqual(whole);
  });

  test("the default is f16 for short caches and q8_0 for long ones where the backend has kernels for it", () => {
    const dtypes = [100, 2048, 2049, undefined].map((slots) => {
      using cache = model.createCache(slots === undefined ? {} : { slots });
      return cache.dtype;
    });
    expect(dtypes).toEqual(name === "wasm" ? ["f16", "f16", "q8_0", "f16"] : ["f32", "f32", "f32", "f32"]);
  });
});

test("kvDType of fromPretrained holds for its caches, that of a call wins", async () => {
  const backend = await createBackend("cpu");
  using model = await AutoModelForCausalLM.fromPretrained(folder, { backend, kvDType: "q8_0" });
  using cache = model.createCache();
  expect(cache.dtype).toBe("q8_0");
  using other = model.createCache({ kvDType: "f16" });
  expect(other.dtype).toBe("f16");
  await expect(model.generate({ inputIds: [[1, 2]], kvDType: "q4_0" as KvDType })).rejects.toThrow(
    "kvDType: is q4_0; expected one of f32, f16, bf16, q8_0",
  );
});

function divergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += (p[i] ?? 0) * Math.log((p[i] ?? 0) / (q[i] ?? 0));
  return sum;
}
