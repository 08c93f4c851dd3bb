import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArgumentError, createBackend, type Backend } from "@helium-lm/tensor";
import {
  AutoConfig,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  ConfigError,
  DecoderConfig,
  knownModelTypes,
  registerFamily,
  type FamilyDefinition,
} from "@helium-lm/helium";
import { describeFamily, randomCheckpoint, runFamily, tinyConfigs } from "@helium-lm/helium/testing";
import { isCut } from "../../../../testing/short-form.ts";

const sizes = {
  vocab_size: 300,
  hidden_size: 24,
  intermediate_size: 40,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  hidden_act: "silu",
  max_position_embeddings: 64,
  tie_word_embeddings: false,
  pad_token_id: 0,
  bos_token_id: 1,
  eos_token_id: 2,
} as const;

/** Interleaved pairs over half of each head, post-norms, q/k norm, names and keys that no other family has. */
const loom: FamilyDefinition = {
  modelType: "loom",
  classPrefix: "Loom",
  fields: {
    ...sizes,
    thread_eps: { absent: 1e-5, kind: "positive" },
    thread_gain: { absent: 0.5, kind: "number" },
    reach: { absent: null, kind: "count?" },
  },
  rope: { theta: 5000, partial: 0.5 },
  traits: {
    ropePairing: "interleaved",
    norm: { kind: "rms", weightMode: "one-plus", eps: { key: "thread_eps" } },
    norms: { preAttn: null, postAttn: "after_weave", preMlp: null, postMlp: "after_dye" },
    qkNorm: { kind: "perHead" },
    qkvBias: true,
    residualScale: { key: "thread_gain" },
    window: { key: "reach", layers: "all" },
  },
  weightNames: {
    trunk: "cloth",
    layers: "rows",
    attention: "weave",
    mlp: "dye",
    q: "warp",
    lmHead: "read",
    score: "sort",
  },
};

/** One norm for attention and MLP side by side, a norm weight per head, everything fused, sight both ways on request. */
const braid: FamilyDefinition = {
  modelType: "braid",
  classPrefix: "Braid",
  fields: {
    ...sizes,
    tie_word_embeddings: true,
    rms_norm_eps: 1e-6,
    reach: { absent: 5, kind: "count" },
    both_ways: { absent: false, kind: "flag" },
    loudness: { absent: 2, kind: "number" },
  },
  rope: { theta: 1000 },
  traits: {
    ropePairing: "half",
    norm: { kind: "rms", weightMode: "one-plus", eps: { key: "rms_norm_eps" } },
    norms: { preAttn: "norm", postAttn: null, preMlp: null, postMlp: null },
    block: "parallel",
    qkNorm: { kind: "eachHead" },
    fusedQkv: true,
    fusedGateUp: true,
    window: { key: "reach", layers: "all" },
    bidirectional: { key: "both_ways" },
    logitScale: { key: "loudness" },
  },
};

registerFamily(loom);
registerFamily(braid);

const drawn = isCut("family draws") ? { runs: 1 } : {};
describeFamily("loom", drawn);
describeFamily("braid", drawn);

describe("a family added at run time, end to end", () => {
  let backend: Backend;
  let folder: string;
  const config = new DecoderConfig({
    modelType: "loom",
    numHiddenLayers: 2,
    reach: 3,
    numLabels: 4,
    thread_gain: 0.75,
  });
  const ids = [[7, 21, 250, 3, 99]];
  beforeAll(async () => {
    backend = await createBackend("cpu");
    folder = await mkdtemp(join(tmpdir(), "helium-loom-"));
    using model = await AutoModelForCausalLM.fromPretrained(randomCheckpoint(config, "causal-lm"), { backend });
    await model.savePretrained(folder);
  });
  afterAll(async () => {
    expect(backend.memory().handles).toBe(0);
    await rm(folder, { recursive: true });
  });

  test("its config and weights are on disk under its own names", async () => {
    expect((await readdir(folder)).sort()).toEqual(["config.json", "generation_config.json", "model.safetensors"]);
    const text = await readFile(join(folder, "config.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({
      model_type: "loom",
      architectures: ["LoomForCausalLM"],
      thread_gain: 0.75,
      reach: 3,
    });
    const again = await AutoConfig.fromPretrained(folder);
    expect(again.get("reach")).toBe(3);
    expect(again.traits).toEqual(config.traits);
  });

  test("the Auto classes load its four heads", async () => {
    using causal = await AutoModelForCausalLM.fromPretrained(folder, { backend });
    const names = [...causal.stateDict()].map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "cloth.rows.1.weave.warp.bias",
        "cloth.rows.0.after_weave.weight",
        "cloth.rows.1.dye.down_proj.weight",
        "read.weight",
      ]),
    );
    expect(causal.loadReport).toMatchObject({ missing: [], unused: [] });
    using base = await AutoModel.fromPretrained(folder, { backend });
    expect(base.loadReport).toMatchObject({ missing: [], unused: ["read.weight"] });
    const options = { backend, freshHead: { seed: 2 } };
    using sequence = await AutoModelForSequenceClassification.fromPretrained(folder, options);
    using token = await AutoModelForTokenClassification.fromPretrained(folder, options);
    expect(token.loadReport).toMatchObject({ missing: ["sort.weight", "sort.bias"], unused: ["read.weight"] });
    using pooled = sequence.forward({ inputIds: ids }).logits;
    using labels = token.forward({ inputIds: ids }).logits;
    expect([pooled.shape, labels.shape]).toEqual([
      [1, 4],
      [1, 5, 4],
    ]);
  });

  test("it generates, is saved and generates the same", async () => {
    const copy = join(folder, "copy");
    using model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
    const options = { inputIds: ids, maxNewTokens: 8, eosTokenId: [] };
    const { sequences } = await model.generate(options);
    expect(sequences[0]).toHaveLength(13);
    await model.savePretrained(copy);
    using again = await AutoModelForCausalLM.fromPretrained(copy, { backend });
    expect((await again.generate(options)).sequences).toEqual(sequences);
  });
});

describe("what does not fit is refused", () => {
  test.each([
    ["a known model type", {}, /registerFamily modelType: .*a new name/],
    ["a known class prefix", { modelType: "loom2" }, /classPrefix: .*a new prefix/],
    [
      "a trait that reads a key without a default",
      { modelType: "loom2", classPrefix: "Loom2", fields: sizes },
      /thread_eps: .*declared in the family's fields/,
    ],
    [
      "a key without a kind",
      { modelType: "loom2", classPrefix: "Loom2", fields: { ...loom.fields, colour: "red" } },
      /colour: .*declared with its kind/,
    ],
  ])("%s", (_, changes, message) => {
    const before = knownModelTypes();
    expect(() => registerFamily({ ...loom, ...changes })).toThrow(ConfigError);
    expect(() => registerFamily({ ...loom, ...changes })).toThrow(message);
    expect(knownModelTypes()).toEqual(before);
  });

  test("the suite of an unknown family, a skip without a reason", async () => {
    await expect(runFamily("knit")).rejects.toThrow(/model_type: .*loom, braid, given "knit"/);
    await expect(runFamily("loom", { skip: [{ check: "saving", reason: " " }] })).rejects.toThrow(ArgumentError);
    expect(() => tinyConfigs("knit")).toThrow(ConfigError);
  });

  test("a skip that is not needed", async () => {
    const [outcome] = await runFamily("loom", {
      only: ["packing"],
      skip: [{ check: "packing", reason: "not packed yet" }],
    });
    expect(outcome).toMatchObject({ check: "packing", status: "failed" });
    expect(outcome?.message).toMatch(/skipped, not packed yet; but it passes: remove the skip/);
  });
});
