import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import { DecoderConfig, HeliumConfig } from "./index.ts";

const root = new URL("../../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

const files = [
  ...readdirSync(new URL("fixtures/models/", root), { recursive: true, encoding: "utf8" })
    .filter((name) => /(^|\/)config\.json$/.test(name))
    .map((name) => `fixtures/models/${name}`),
  ...["helium-nano", "helium-nano-langid", "helium-nano-codeswitch"].map((name) => `models/${name}/config.json`),
];

describe("toJSONString", () => {
  it.each(files)("writes %s back byte for byte", (name) => {
    expect(DecoderConfig.fromJSON(read(name), { fileName: name }).toJSONString()).toBe(read(name));
  });

  it("is what JSON.stringify sees, too", () => {
    const config = DecoderConfig.fromJSON(read("fixtures/models/helium/token/config.json"));
    expect(JSON.parse(JSON.stringify(config))).toEqual(JSON.parse(config.toJSONString()));
  });
});

/** The released file, listed in the hub. */
const released = `{
  "architectures": ["HeliumForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 1,
  "eos_token_id": 2, "head_dim": 128, "hidden_act": "silu", "hidden_size": 2560, "initializer_range": 0.02,
  "intermediate_size": 7040, "max_position_embeddings": 4096, "mlp_bias": false, "model_type": "helium",
  "num_attention_heads": 20, "num_hidden_layers": 24, "num_key_value_heads": 20, "pretraining_tp": 1,
  "rms_norm_eps": 1e-08, "rope_theta": 100000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
  "transformers_version": "4.45.0.dev0", "use_cache": true, "vocab_size": 48000
}`;

describe("HeliumConfig", () => {
  const defaults = {
    modelType: "helium",
    vocabSize: 48_000,
    hiddenSize: 2560,
    intermediateSize: 7040,
    numHiddenLayers: 24,
    numAttentionHeads: 20,
    numKeyValueHeads: 20,
    headDim: 128,
    hiddenAct: "silu",
    attentionDropout: 0,
    maxPositionEmbeddings: 4096,
    initializerRange: 0.02,
    rmsNormEps: 1e-8,
    useCache: true,
    tieWordEmbeddings: false,
    ropeParameters: { ropeType: "default", ropeTheta: 100_000 },
    padTokenId: 3,
    eosTokenId: 2,
    bosTokenId: 1,
    attentionBias: false,
    mlpBias: false,
    architectures: null,
    dtype: null,
    id2label: { 0: "LABEL_0", 1: "LABEL_1" },
    label2id: { LABEL_0: 0, LABEL_1: 1 },
    numLabels: 2,
    problemType: null,
    outputHiddenStates: false,
    outputAttentions: false,
    returnDict: true,
    isEncoderDecoder: false,
    isDecoder: false,
    chunkSizeFeedForward: 0,
    tokenClassificationBias: true,
    unknownKeys: {},
    generationDefaults: {},
    warnings: [],
  };

  it("has the defaults of the original", () => {
    expect(new HeliumConfig()).toMatchObject(defaults);
    expect(HeliumConfig).toBe(DecoderConfig);
  });

  it("keeps its constant defaults whatever else is given", () => {
    // Neither head_dim nor the key heads follow the other sizes, so both must be given.
    expect(() => new HeliumConfig({ hiddenSize: 64, numAttentionHeads: 4 })).toThrow(/num_key_value_heads/);
    expect(() => new HeliumConfig({ hiddenSize: 64, numAttentionHeads: 4, numKeyValueHeads: 4 })).toThrow(/512/);
  });

  it("reads the released checkpoint's config", () => {
    const config = DecoderConfig.fromJSON(released);
    expect(config).toMatchObject({
      ...defaults,
      architectures: ["HeliumForCausalLM"],
      dtype: "bfloat16",
      transformersVersion: "4.45.0.dev0",
      padTokenId: 3,
      rmsNormEps: 1e-8,
      unknownKeys: { pretraining_tp: 1 },
    });
    expect(config.traits.attnScale).toBe(128 ** -0.5);
    const written = config.toJSONString();
    expect(written).toContain('"pad_token_id": 3,');
    expect(written).toContain('"pretraining_tp": 1,');
    expect(written).toContain('"rms_norm_eps": 1e-08,');
    expect(written).toContain('"rope_parameters": {\n    "rope_theta": 100000.0,\n    "rope_type": "default"\n  },');
    expect(written).toContain('"dtype": "bfloat16",');
    expect(written).not.toMatch(/torch_dtype|"rope_theta": 100000.0,\n  "/);
  });

  it("takes camel-cased keys, JSON spelling, or both mixed, but no key twice", () => {
    const sizes = { hiddenSize: 64, headDim: 16, numAttentionHeads: 4, numKeyValueHeads: 2 };
    const camel = new HeliumConfig({ ...sizes, ropeParameters: { ropeTheta: 5, ropeType: "linear", factor: 2 } });
    const snake = new HeliumConfig({
      hidden_size: 64,
      head_dim: 16,
      num_attention_heads: 4,
      numKeyValueHeads: 2,
      rope_parameters: { rope_theta: 5, rope_type: "linear", factor: 2 },
    });
    expect(camel.toJSON()).toEqual(snake.toJSON());
    expect(camel.traits).toEqual(snake.traits);
    expect(() => new HeliumConfig({ hiddenSize: 64, hidden_size: 64 })).toThrow(/HeliumConfig hidden_size: .*once/);
  });

  it("reads camel-cased keys in code only: a file with one has an unknown key", () => {
    const config = DecoderConfig.fromJSON({ model_type: "helium", hiddenSize: 64 });
    expect(config.hiddenSize).toBe(2560);
    expect(config.unknownKeys).toEqual({ hiddenSize: 64 });
  });

  it("is frozen, deeply", () => {
    const config = new HeliumConfig({ eosTokenId: [2, 4], junk: { a: [1] } });
    for (const part of [config, config.traits, config.traits.rope.sets, config.ropeParameters, config.id2label]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(config.eosTokenId)).toBe(true);
    expect(Object.isFrozen(config.unknownKeys.junk)).toBe(true);
  });

  it("types its properties", () => {
    const config = new HeliumConfig();
    expectTypeOf(config.hiddenSize).toEqualTypeOf<number>();
    expectTypeOf(config.padTokenId).toEqualTypeOf<number | null>();
    expectTypeOf(config.eosTokenId).toEqualTypeOf<number | readonly number[] | null>();
    expectTypeOf(config.slidingWindow).toEqualTypeOf<number | null | undefined>();
    // @ts-expect-error a string is no size
    expect(() => new HeliumConfig({ hiddenSize: "64" })).toThrow();
  });
});

describe("keys beside the model's own", () => {
  it("keeps unknown keys, lists them and writes them back", () => {
    const junk = {
      _name_or_path: "x/y",
      "transformers.js_config": { dtype: { a: [1, null, true] } },
      use_mrope: false,
    };
    const config = DecoderConfig.fromJSON({ model_type: "llama", ...junk });
    expect(config.unknownKeys).toEqual(junk);
    expect(config.get("use_mrope")).toBe(false);
    expect(config.get("hidden_size")).toBe(4096);
    expect(config.get("toString")).toBeUndefined();
    expect(config.toJSON()).toMatchObject(junk);
  });

  it("does not hang behaviour on rope_interleaved", () => {
    const config = DecoderConfig.fromJSON({ model_type: "llama", rope_interleaved: true });
    expect(config.traits.rope.pairing).toBe("half");
  });

  it("collects generation defaults, camel-cased, and writes their floats as floats", () => {
    const config = DecoderConfig.fromJSON({
      model_type: "helium",
      max_length: 99,
      temperature: 1,
      top_k: 5,
      cache_implementation: "hybrid",
    });
    expect(config.generationDefaults).toEqual({ maxLength: 99, temperature: 1, topK: 5 });
    expect(config.unknownKeys).toEqual({ cache_implementation: "hybrid" });
    expect(config.toJSONString()).toContain('"temperature": 1.0,\n');
    expect(config.toJSONString()).toContain('"top_k": 5,\n');
    expect(new HeliumConfig({ maxNewTokens: 3 }).generationDefaults).toEqual({ maxNewTokens: 3 });
  });

  it("knows every generation key of the original", () => {
    const { fields_of_an_empty_GenerationConfig_all_null: fields } = JSON.parse(
      read("fixtures/generation/defaults.json"),
    ) as { fields_of_an_empty_GenerationConfig_all_null: string[] };
    const config = DecoderConfig.fromJSON({
      model_type: "helium",
      ...Object.fromEntries(fields.map((key) => [key, key in new HeliumConfig().toJSON() ? undefined : null])),
      output_attentions: false,
      output_hidden_states: false,
    });
    expect(config.unknownKeys).toEqual({ _from_model_config: null, cache_implementation: null });
    // bos, eos and pad id, decoder start, use_cache and the two output flags belong to the model's config.
    expect(Object.keys(config.generationDefaults)).toHaveLength(fields.length - 9);
  });

  it("warns of token ids outside the vocabulary", () => {
    const { warnings, padTokenId } = DecoderConfig.fromJSON({
      model_type: "llama",
      vocab_size: 10,
      pad_token_id: -1,
      eos_token_id: [2, 10],
      bos_token_id: 9,
    });
    expect(padTokenId).toBe(-1);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/pad_token_id: -1 .*eos_token_id: \[2,10\]/);
  });
});

describe("labels", () => {
  const json = (labels: object): DecoderConfig => DecoderConfig.fromJSON({ model_type: "helium", ...labels });
  const three = { "0": "a", "1": "b", "2": "c" };

  it("count as many as id2label names", () => {
    const config = json({ id2label: three });
    expect(config.numLabels).toBe(3);
    expect(config.id2label[2]).toBe("c");
    expect(config.label2id).toEqual({ a: 0, b: 1, c: 2 });
    expect(config.toJSON()).toMatchObject({ id2label: three, label2id: { a: 0, b: 1, c: 2 } });
    expect(config.toJSON()).not.toHaveProperty("num_labels");
  });

  it("num_labels wins where it differs, and keeps the names where it agrees", () => {
    expect(json({ id2label: three, num_labels: 2 }).id2label).toEqual({ 0: "LABEL_0", 1: "LABEL_1" });
    expect(json({ id2label: three, num_labels: 4 }).label2id).toMatchObject({ LABEL_3: 3 });
    expect(json({ id2label: three, num_labels: 3 }).id2label).toEqual(three);
    expect(new HeliumConfig({ numLabels: 5 }).numLabels).toBe(5);
  });

  it("come from label2id alone, too, and are written only where they are not the two defaults", () => {
    expect(json({ label2id: { x: 0, y: 1, z: 2 } }).id2label).toEqual({ 0: "x", 1: "y", 2: "z" });
    expect(json({ num_labels: 2 }).toJSON()).not.toHaveProperty("id2label");
  });

  it("take any problem_type; the loss decides", () => {
    expect(json({ problem_type: "odd" }).problemType).toBe("odd");
  });
});

describe("with", () => {
  const config = DecoderConfig.fromJSON({ model_type: "qwen3", dtype: "bfloat16", pad_token_id: null, junk: 1 });

  it("changes keys and leaves the rest", () => {
    const changed = config.with({ architectures: ["Qwen3ForCausalLM"], numLabels: 4 });
    expect(changed).toMatchObject({ architectures: ["Qwen3ForCausalLM"], numLabels: 4, dtype: "bfloat16" });
    expect(changed.unknownKeys).toEqual({ junk: 1 });
    expect(config.numLabels).toBe(2);
  });

  it("derives anew what was derived, and keeps an explicit null", () => {
    expect(config.with({ numHiddenLayers: 5 }).layerTypes).toHaveLength(5);
    expect(config.with({ numAttentionHeads: 64 }).numKeyValueHeads).toBe(32);
    expect(new HeliumConfig({ padTokenId: null }).with({ vocabSize: 9 }).padTokenId).toBeNull();
  });

  it("drops a key that is undefined", () => {
    expect(config.with({ dtype: undefined }).dtype).toBeNull();
    const labelled = new HeliumConfig({ id2label: { 0: "a", 1: "b", 2: "c" } });
    expect(labelled.with({ id2label: undefined, label2id: undefined }).numLabels).toBe(2);
    expect(labelled.with({ id2label: { 0: "z" } }).label2id).toEqual({ z: 0 });
  });
});
