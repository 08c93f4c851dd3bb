import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createBackend, gather, QuantMatrix, scope, tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import {
  AutoConfig,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForSequenceClassification,
  HeliumForCausalLM,
  HeliumForSequenceClassification,
  HeliumForTokenClassification,
  HeliumModel,
  InputError,
  ModelLoadError,
  type ModelForCausalLM,
} from "@helium-lm/helium";
import { compareGolden, fixturePath, readFixture, tolerances, type Golden } from "../../../../testing/fixtures.ts";

const causal = fixturePath("models/helium/causal");
const ids = readFixture<{ unpadded: { input_ids: number[] } }>("expected/helium-causal.json").unpadded.input_ids;

describe.each(["reference", "cpu"])("behaviour on %s", (backendName) => {
  let backend: Backend;
  let model: ModelForCausalLM;
  let weightHandles: number;
  beforeAll(async () => {
    backend = await createBackend(backendName);
    model = await HeliumForCausalLM.fromPretrained(causal, { backend });
    weightHandles = backend.memory().handles;
  });
  afterAll(() => {
    model.dispose();
    expect(backend.memory().handles).toBe(0);
  });
  const noLeak = (): void => {
    expect(backend.memory().handles).toBe(weightHandles);
  };

  /** Values of a tensor; frees it. */
  const take = async (t: Tensor): Promise<number[]> => {
    const values = [...(await t.data())];
    t.dispose();
    return values;
  };
  const V = 97;

  test.each([[[9]], [[5, 1, 1, 1, 1]], [[3, 1, 2, 3]], [[1, 8]]])(
    "chunks %j equal one pass bit for bit",
    async (chunks) => {
      const whole = await take(model.forward({ inputIds: [ids] }).logits);
      const cache = model.createCache();
      const parts: number[] = [];
      let start = 0;
      for (const length of chunks) {
        const { logits } = model.forward({ inputIds: [ids.slice(start, start + length)], pastKeyValues: cache });
        parts.push(...(await take(logits)));
        start += length;
      }
      expect(parts).toEqual(whole);
      cache.dispose();
      noLeak();
    },
  );

  test("a row does not depend on its batch mates, bit for bit", async () => {
    const other = ids.map((id) => (id * 7 + 3) % V);
    const alone = await take(model.forward({ inputIds: [ids] }).logits);
    const batch = await take(model.forward({ inputIds: [other, ids, other] }).logits);
    expect(batch.slice(alone.length, 2 * alone.length)).toEqual(alone);
  });

  test("left padding with and without corrected positions", async () => {
    const alone = await take(model.forward({ inputIds: [ids] }).logits);
    const padded = { inputIds: [[3, 3, ...ids]], attentionMask: [[0, 0, ...ids.map(() => 1)]] };
    const corrected = [[0, 0, ...ids.keys()]];
    for (const extra of [{}, { positionIds: corrected }]) {
      const shifted = (await take(model.forward({ ...padded, ...extra }).logits)).slice(2 * V);
      expect(compareGolden(shifted, alone, tolerances.states).firstBad).toBeNull();
    }
  });

  test("embeddings in place of ids", async () => {
    const embedded = scope(() => {
      const table = [...model.stateDict()].find(([name]) => name === "model.embed_tokens.weight")?.[1];
      if (!table || table instanceof QuantMatrix) throw new Error("no table");
      return gather(table, tensor(backend, [ids], { dtype: "i32" }));
    });
    const expected = await take(model.forward({ inputIds: [ids] }).logits);
    expect(await take(model.forward({ inputsEmbeds: embedded }).logits)).toEqual(expected);
    embedded.dispose();
    noLeak();
  });

  test("a finished 4-D mask replaces the causal rule", async () => {
    const expected = await take(model.forward({ inputIds: [ids] }).logits);
    const T = ids.length;
    const minimum = -3.4028234663852886e38;
    const additive = [[ids.map((_, q) => Array.from({ length: T }, (_, k) => (k <= q ? 0 : minimum)))]];
    expect(await take(model.forward({ inputIds: [ids], attentionMask: additive }).logits)).toEqual(expected);
    const visible = tensor(backend, [[ids.map((_, q) => Array.from({ length: T }, (_, k) => (k <= q ? 1 : 0)))]], {
      dtype: "bool",
    });
    expect(await take(model.forward({ inputIds: [ids], attentionMask: visible }).logits)).toEqual(expected);
    visible.dispose();
    noLeak();
  });

  test("packed sequences do not see each other", async () => {
    const [a, b] = [ids.slice(0, 4), ids.slice(4)];
    const packed = await take(model.forward({ inputIds: [ids], positionIds: [[...a.keys(), ...b.keys()]] }).logits);
    const apart = [
      ...(await take(model.forward({ inputIds: [a] }).logits)),
      ...(await take(model.forward({ inputIds: [b] }).logits)),
    ];
    expect(compareGolden(packed, apart, tolerances.states).firstBad).toBeNull();
  });

  test("logitsToKeep: the last n, or the positions named", async () => {
    const all = await take(model.forward({ inputIds: [ids] }).logits);
    expect(await take(model.forward({ inputIds: [ids], logitsToKeep: 2 }).logits)).toEqual(all.slice(-2 * V));
    const rows = [4, 1].flatMap((t) => all.slice(t * V, (t + 1) * V));
    expect(await take(model.forward({ inputIds: [ids], logitsToKeep: [4, 1] }).logits)).toEqual(rows);
  });

  test("hidden states by index", () => {
    scope(() => {
      const { hiddenStates } = model.forward({ inputIds: [ids], outputHiddenStates: [0, -1] });
      expect(hiddenStates?.map((state) => state?.shape ?? null)).toEqual([[1, 9, 64], null, null, [1, 9, 64]]);
    });
    noLeak();
  });

  test("useCache returns a cache the caller owns", () => {
    scope(() => {
      expect(model.forward({ inputIds: [ids] }).pastKeyValues).toBeNull();
      const { pastKeyValues } = model.forward({ inputIds: [ids], useCache: true });
      expect(pastKeyValues?.length).toBe(9);
      pastKeyValues?.dispose();
    });
    noLeak();
  });

  test("a failed pass leaves the cache as it was", () => {
    const cache = model.createCache();
    scope(() => void model.forward({ inputIds: [ids], pastKeyValues: cache }));
    expect(() => scope(() => model.forward({ inputIds: [[1]], positionIds: [[1, 2]], pastKeyValues: cache }))).toThrow(
      InputError,
    );
    expect(cache.length).toBe(9);
    cache.dispose();
    noLeak();
  });

  test("cache: crop, select and repeat share pages and copy on write", async () => {
    const cache = model.createCache();
    scope(() => void model.forward({ inputIds: [ids.slice(0, 6)], pastKeyValues: cache }));
    const next = async (batch: number[]): Promise<number[]> =>
      take(model.forward({ inputIds: batch.map((id) => [id]), pastKeyValues: cache }).logits);
    const once = await next([ids[6] ?? 0]);
    cache.crop(1);
    cache.repeatInterleave(2);
    expect(cache.pagesInUse).toBe(1);
    const twice = await next([ids[6] ?? 0, 11]);
    expect(twice.slice(0, V)).toEqual(once);
    expect(cache.pagesInUse).toBe(2);
    cache.select([0]);
    expect(cache.pagesInUse).toBe(1);
    expect(await next([ids[7] ?? 0])).toEqual(
      (await take(model.forward({ inputIds: [ids] }).logits)).slice(7 * V, 8 * V),
    );
    cache.dispose();
    noLeak();
  });

  test.each([
    ["no input", {}, /inputIds: neither inputIds nor inputsEmbeds given/],
    ["an empty row", { inputIds: [[]] }, /inputIds: is empty/],
    ["ragged rows", { inputIds: [[1, 2], [3]] }, /row 1 has 1 entries, row 0 has 2/],
    ["an id too large", { inputIds: [[1, 97]] }, /97 at row 0, position 1 is outside \[0, 97\)/],
    ["a negative id", { inputIds: [[-1]] }, /-1 at row 0, position 0/],
    ["a mask of another batch", { inputIds: [[1]], attentionMask: [[1], [1]] }, /attentionMask/],
    ["labels of another length", { inputIds: [[1, 2]], labels: [[1]] }, /labels/],
    ["a label out of range", { inputIds: [[1, 2]], labels: [[1, 97]] }, /labels: 97 at 0 is outside/],
    ["a hidden state that is not there", { inputIds: [[1]], outputHiddenStates: 9 }, /outputHiddenStates: 9/],
  ])("%s is refused and leaks nothing", (_, inputs, message) => {
    expect(() => scope(() => model.forward(inputs))).toThrow(message);
    expect(() => scope(() => model.forward(inputs))).toThrow(InputError);
    noLeak();
  });

  test("bf16 compute lands within twice the fixture's own distance from f32", async () => {
    const { unpadded, unpadded_bf16_compute: golden } = readFixture<{
      unpadded: { input_ids: number[] };
      unpadded_bf16_compute: { logits: Golden; max_abs_vs_f32: number };
    }>("expected/helium-bf16-causal.json");
    using bf16 = await AutoModelForCausalLM.fromPretrained(fixturePath("models/helium-bf16/causal"), {
      backend,
      computeDType: "bf16",
    });
    const { logits } = bf16.forward({ inputIds: [unpadded.input_ids] });
    expect(logits.dtype).toBe("bf16");
    const tolerance = { absolute: 2 * golden.max_abs_vs_f32, relative: 0 };
    expect(compareGolden(await logits.toArray(), [golden.logits], tolerance).firstBad).toBeNull();
    logits.dispose();
  });
});

describe("loading", () => {
  let backend: Backend;
  let folder: string;
  beforeEach(async () => {
    backend = await createBackend("cpu");
    folder = await mkdtemp(join(tmpdir(), "helium-"));
    return async () => {
      expect(backend.memory().handles).toBe(0);
      await rm(folder, { recursive: true });
    };
  });

  test("across heads: the trunk is found with and without its prefix, the rest is reported", async () => {
    using base = await HeliumModel.fromPretrained(causal, { backend });
    expect(base.loadReport).toEqual({ missing: [], unused: ["lm_head.weight"] });
    await expect(HeliumForSequenceClassification.fromPretrained(causal, { backend })).rejects.toThrow(
      /score\.weight: is missing/,
    );
    using fresh = await HeliumForSequenceClassification.fromPretrained(causal, { backend, freshHead: { seed: 1 } });
    expect(fresh.loadReport).toEqual({ missing: ["score.weight"], unused: ["lm_head.weight"] });
    await expect(AutoModelForCausalLM.fromPretrained(fixturePath("models/helium/base"), { backend })).rejects.toThrow(
      /lm_head\.weight: is missing/,
    );
  });

  test.each(["helium", "helium-bf16", "helium-tied", "gemma2", "phi3", "cohere"])(
    "%s: save → load is identical",
    async (family) => {
      const source = fixturePath(`models/${family}/causal`);
      using model = await AutoModelForCausalLM.fromPretrained(source, { backend });
      await model.savePretrained(folder, { maxShardSize: 100_000 });
      expect((await readdir(folder)).filter((name) => name.startsWith("model-")).length).toBeGreaterThan(1);
      using again = await AutoModelForCausalLM.fromPretrained(folder, { backend });
      expect(again.config.toJSON()).toEqual({ ...model.config.toJSON(), architectures: again.config.architectures });
      expect(again.generationConfig).toEqual(model.generationConfig);
      expect(again.loadReport).toEqual({ missing: [], unused: [] });
      const [a, b] = [model.forward({ inputIds: [ids] }).logits, again.forward({ inputIds: [ids] }).logits];
      expect([...(await b.data())]).toEqual([...(await a.data())]);
      a.dispose();
      b.dispose();
    },
  );

  test("the old config spelling gives the same config", async () => {
    const config = await AutoConfig.fromPretrained(causal);
    expect(config.ropeParameters).toMatchObject({ ropeType: "default", ropeTheta: 100000 });
  });

  test("a model of another family is refused by a family's class", async () => {
    await expect(HeliumForCausalLM.fromPretrained(fixturePath("models/llama/causal"), { backend })).rejects.toThrow(
      /is a "llama" model, not "helium"/,
    );
    using model = await HeliumForTokenClassification.fromPretrained(fixturePath("models/helium/token"), { backend });
    expect(model.config.numLabels).toBe(5);
  });

  test("a missing folder, a folder without config, unknown backends", async () => {
    await expect(AutoModel.fromPretrained(join(folder, "nowhere"), { backend })).rejects.toThrow(ModelLoadError);
    await expect(AutoModel.fromPretrained(folder, { backend })).rejects.toThrow(/has no config\.json/);
    await expect(AutoModel.fromPretrained(causal, { backend: "cuda" })).rejects.toThrow(
      /unknown backend "cuda"; known: auto/,
    );
  });

  test("a failed load and an aborted load leave nothing allocated", async () => {
    await expect(AutoModelForSequenceClassification.fromPretrained(causal, { backend })).rejects.toThrow();
    expect(backend.memory().handles).toBe(0);
    const controller = new AbortController();
    const attempt = AutoModelForCausalLM.fromPretrained(causal, {
      backend,
      signal: controller.signal,
      onProgress: ({ loaded }) => {
        if (loaded === 5) controller.abort(new Error("enough"));
      },
    });
    await expect(attempt).rejects.toThrow("enough");
    expect(backend.memory().handles).toBe(0);
  });

  test("progress counts every tensor", async () => {
    const seen: number[] = [];
    using model = await AutoModelForCausalLM.fromPretrained(causal, {
      backend,
      onProgress: ({ loaded }) => seen.push(loaded),
    });
    expect(seen).toHaveLength([...model.stateDict()].length);
  });
});

describe("pooling of the sequence head", () => {
  const { pooling } = readFixture<{ pooling: { input_ids: number[]; logits: number[] }[] }>(
    "expected/helium-sequence.json",
  );
  test.each(pooling.map((row) => [row.input_ids.join(" "), row] as const))("%s", async (_, row) => {
    const backend = await createBackend("cpu");
    using model = await HeliumForSequenceClassification.fromPretrained(fixturePath("models/helium/sequence"), {
      backend,
    });
    const { logits } = model.forward({ inputIds: [row.input_ids] });
    expect(compareGolden(await logits.toArray(), [row.logits], tolerances.states).firstBad).toBeNull();
    logits.dispose();
  });
});
