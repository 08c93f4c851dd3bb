import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DecoderConfig, type DecoderTraits } from "../config/index.ts";
import { families } from "./index.ts";

const load = (name: string, file = "config.json"): DecoderConfig =>
  DecoderConfig.fromJSON(readFileSync(new URL(`../../../../fixtures/models/${name}/${file}`, import.meta.url), "utf8"));

/** What all fixtures share, in the traits' own words: Llama's block with 4 query and 2 key heads of 16. */
const llamaBlock = {
  vocabSize: 97,
  intermediateSize: 48,
  numHiddenLayers: 3,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 16,
  oProjIn: 64,
  block: "sequential",
  norm: { kind: "rms", weightMode: "cast-then-mul", eps: 1e-6 },
  norms: { preAttn: "input_layernorm", postAttn: null, preMlp: "post_attention_layernorm", postMlp: null },
  qkNorm: { kind: "none" },
  qkvBias: false,
  oBias: false,
  mlpBias: false,
  fusedQkv: false,
  fusedGateUp: false,
  activation: "silu",
  causal: true,
  window: [null, null, null],
  attnScale: 0.25,
  attnSoftcap: null,
  finalSoftcap: null,
  embedScale: { value: 1, rounded: false },
  residualScale: 1,
  logitScale: 1,
  logitDivisor: 1,
  tied: false,
};

const rope = (
  pairing: "interleaved" | "half",
  parameters: object,
  more: Partial<DecoderTraits["rope"]> = {},
): Partial<DecoderTraits> => {
  const rotaryDim = more.rotaryDim ?? 16;
  return {
    rope: {
      pairing,
      rotaryDim,
      context: { rotaryDim, maxPositionEmbeddings: 64, originalMaxPositionEmbeddings: null },
      sets: [parameters as DecoderTraits["rope"]["sets"][number]],
      setOf: [0, 0, 0],
      recomputeBeyond: null,
      ...more,
    },
  };
};

const plainRope = (ropeTheta: number): object => ({ ropeType: "default", ropeTheta });

const heliumTraits = {
  hiddenSize: 64,
  norm: { kind: "rms", weightMode: "f32-mul", eps: 1e-8 },
  ...rope("interleaved", plainRope(100_000)),
};

const gemmaTraits = {
  hiddenSize: 32,
  norm: { kind: "rms", weightMode: "one-plus", eps: 1e-6 },
  norms: {
    preAttn: "input_layernorm",
    postAttn: "post_attention_layernorm",
    preMlp: "pre_feedforward_layernorm",
    postMlp: "post_feedforward_layernorm",
  },
  activation: "gelu_pytorch_tanh",
  attnScale: 24 ** -0.5,
  embedScale: { value: Math.sqrt(32), rounded: true },
  tied: true,
};

const llama3Rope = {
  ropeType: "llama3",
  ropeTheta: 10_000,
  factor: 8,
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalMaxPositionEmbeddings: 32,
};

/** What each fixture's README line says, beside `llamaBlock`. */
const expected: Readonly<Record<string, object>> = {
  helium: heliumTraits,
  "helium-mha": { ...heliumTraits, numKeyValueHeads: 4 },
  "helium-bias": { ...heliumTraits, qkvBias: true, mlpBias: true, activation: "gelu" },
  "helium-sharded": heliumTraits,
  "helium-bf16": heliumTraits,
  "helium-tied": { ...heliumTraits, tied: true },
  llama: { hiddenSize: 32, ...rope("half", plainRope(10_000)) },
  gemma: {
    hiddenSize: 32,
    norm: { kind: "rms", weightMode: "one-plus", eps: 1e-6 },
    ...rope("half", plainRope(10_000)),
    // Saved by transformers from a config that says "gelu".
    activation: "gelu_pytorch_tanh",
    embedScale: { value: Math.sqrt(32), rounded: true },
    tied: true,
  },
  llama3: { hiddenSize: 32, qkvBias: true, oBias: true, mlpBias: true, ...rope("half", llama3Rope) },
  qwen2: { hiddenSize: 64, qkvBias: true, ...rope("half", plainRope(10_000)) },
  qwen3: {
    hiddenSize: 32,
    qkNorm: { kind: "perHead", norm: llamaBlock.norm },
    window: [null, 4, 4],
    ...rope("half", plainRope(10_000)),
  },
  mistral: { hiddenSize: 32, window: [4, 4, 4], ...rope("half", plainRope(10_000)) },
  gemma2: {
    ...gemmaTraits,
    attnSoftcap: 5,
    finalSoftcap: 10,
    window: [4, null, 4],
    ...rope("half", plainRope(10_000)),
  },
  gemma3_text: {
    ...gemmaTraits,
    numHiddenLayers: 6,
    qkNorm: { kind: "perHead", norm: gemmaTraits.norm },
    window: [4, 4, 4, 4, 4, null],
    ...rope(
      "half",
      {},
      {
        sets: [
          { ropeType: "linear", ropeTheta: 1_000_000, factor: 4 },
          { ropeType: "default", ropeTheta: 10_000 },
        ],
        setOf: [1, 1, 1, 1, 1, 0],
      },
    ),
  },
  phi3: {
    hiddenSize: 64,
    norm: { ...llamaBlock.norm, eps: 1e-5 },
    fusedQkv: true,
    fusedGateUp: true,
    ...rope("half", { ...plainRope(10_000), partialRotaryFactor: 0.5 }, { rotaryDim: 8 }),
  },
  olmo2: {
    hiddenSize: 64,
    norm: { kind: "rms", weightMode: "f32-mul", eps: 1e-5 },
    norms: {
      preAttn: null,
      postAttn: "post_attention_layernorm",
      preMlp: null,
      postMlp: "post_feedforward_layernorm",
    },
    qkNorm: { kind: "fullWidth", norm: { kind: "rms", weightMode: "f32-mul", eps: 1e-5 } },
    ...rope("half", plainRope(10_000)),
  },
  granite: {
    hiddenSize: 64,
    embedScale: { value: 3, rounded: false },
    residualScale: 0.5,
    attnScale: 0.1,
    logitDivisor: 2,
    ...rope("half", plainRope(10_000)),
  },
  smollm3: { hiddenSize: 64, tied: true, ...rope("half", plainRope(2_000_000), { setOf: [0, null, 0] }) },
  glm: {
    hiddenSize: 32,
    norm: { ...llamaBlock.norm, eps: 1.5625e-7 },
    qkvBias: true,
    fusedGateUp: true,
    ...rope("interleaved", { ...plainRope(10_000), partialRotaryFactor: 0.5 }, { rotaryDim: 8 }),
  },
  cohere: {
    hiddenSize: 64,
    norm: { kind: "layer", eps: 1e-5 },
    norms: { preAttn: "input_layernorm", postAttn: null, preMlp: null, postMlp: null },
    block: "parallel",
    logitScale: 0.25,
    tied: true,
    ...rope("interleaved", plainRope(500_000)),
  },
};

describe("traits of the fixtures", () => {
  it.each(Object.entries(expected))("%s", (name, traits) => {
    const { weights, ...rest } = load(`${name}/causal`).traits;
    expect(rest).toEqual({ ...llamaBlock, ...traits });
    expect(weights.trunk).toBe("model");
  });

  it("cover every family", () => {
    expect(new Set(Object.keys(expected).map((name) => load(`${name}/causal`).modelType))).toEqual(
      new Set(Object.keys(families)),
    );
  });

  it.each(["helium", "llama3"])("%s: the old spelling gives the same config", (name) => {
    const [now, before] = [load(`${name}/causal`), load(`${name}/causal`, "config_v4.json")];
    const { transformers_version: _now, ...rest } = now.toJSON();
    const { transformers_version: _before, pretraining_tp: _junk, ...old } = before.toJSON();
    delete (rest as Record<string, unknown>).pretraining_tp;
    expect(old).toEqual(rest);
    expect(before.traits).toEqual(now.traits);
    expect(before.dtype).toBe("float32");
    expect(Object.keys(before.unknownKeys)).toEqual(name === "helium" ? ["pretraining_tp"] : []);
  });
});

describe("traits that no fixture has", () => {
  const traitsOf = (modelType: string, init: object): DecoderTraits => new DecoderConfig({ modelType, ...init }).traits;

  it("cohere: norm of q and k with a weight per head, on request", () => {
    const norm = { kind: "layer", eps: 1e-5 };
    expect(traitsOf("cohere", { useQkNorm: true }).qkNorm).toEqual({ kind: "eachHead", norm });
    expect(traitsOf("cohere", {}).logitScale).toBe(0.0625);
  });

  it("qwen2: a window counts only with use_sliding_window, from max_window_layers on", () => {
    const layers = { numHiddenLayers: 3, maxWindowLayers: 2, slidingWindow: 9 };
    expect(traitsOf("qwen2", layers).window).toEqual([null, null, null]);
    expect(new DecoderConfig({ modelType: "qwen2", ...layers }).slidingWindow).toBeNull();
    expect(traitsOf("qwen2", { ...layers, useSlidingWindow: true }).window).toEqual([null, null, 9]);
  });

  it("smollm3: layers without rotation slide where a window is in use", () => {
    const layers = { numHiddenLayers: 4, slidingWindow: 7 };
    expect(traitsOf("smollm3", layers).window).toEqual([null, null, null, null]);
    const sliding = traitsOf("smollm3", { ...layers, useSlidingWindow: true });
    expect(sliding.window).toEqual([null, null, null, 7]);
    expect(sliding.rope.setOf).toEqual([0, 0, 0, null]);
  });

  it("mistral: no window for null", () => {
    expect(traitsOf("mistral", { slidingWindow: null, numHiddenLayers: 2 }).window).toEqual([null, null]);
    expect(traitsOf("mistral", { numHiddenLayers: 2 }).window).toEqual([4096, 4096]);
  });

  it("gemma3_text: every sixth layer is full; bidirectional attention halves the window", () => {
    const { window, rope: r } = traitsOf("gemma3_text", { numHiddenLayers: 12, slidingWindow: 512 });
    const full = window.flatMap((size, l) => (size === null ? [l] : []));
    expect(full).toEqual([5, 11]);
    expect(r.setOf.flatMap((set, l) => (set === 0 ? [l] : []))).toEqual([5, 11]);
    const both = traitsOf("gemma3_text", { numHiddenLayers: 2, slidingWindow: 512, useBidirectionalAttention: true });
    expect(both).toMatchObject({ causal: false, window: [257, 257] });
  });

  it("gemma and gemma2: bidirectional attention keeps the window", () => {
    const both = { useBidirectionalAttention: true, numHiddenLayers: 2 };
    expect(traitsOf("gemma2", { ...both, slidingWindow: 512 })).toMatchObject({ causal: false, window: [512, null] });
    expect(traitsOf("gemma2", { numHiddenLayers: 2 }).causal).toBe(true);
    expect(traitsOf("gemma", both)).toMatchObject({ causal: false, window: [null, null] });
  });

  it("gemma3_text: the attention softcap of the file is not applied", () => {
    expect(traitsOf("gemma3_text", { attnLogitSoftcapping: 50 }).attnSoftcap).toBeNull();
  });

  it("gemma: gelu is its tanh form, as the first releases mean it", () => {
    const gelu = new DecoderConfig({ modelType: "gemma", hidden_act: "gelu" });
    expect([gelu.traits.activation, gelu.toJSON().hidden_act]).toEqual(["gelu_pytorch_tanh", "gelu_pytorch_tanh"]);
    expect(new DecoderConfig({ modelType: "gemma", hidden_act: "relu" }).traits.activation).toBe("relu");
  });

  it("gemma2: hidden_activation rules over hidden_act", () => {
    const config = new DecoderConfig({ modelType: "gemma2", hidden_act: "gelu", hidden_activation: "relu" });
    expect(config.traits.activation).toBe("relu");
    expect(config.unknownKeys).toEqual({ hidden_act: "gelu" });
  });

  it("qwen2 and phi3 take head_dim where the file has it, d/H else", () => {
    expect(traitsOf("qwen2", {}).headDim).toBe(128);
    const config = new DecoderConfig({ modelType: "qwen2", headDim: 64 });
    expect(config.traits).toMatchObject({ headDim: 64, oProjIn: 2048 });
    expect(config.toJSON().head_dim).toBe(64);
    expect(new DecoderConfig({ modelType: "qwen2" }).toJSON()).not.toHaveProperty("head_dim");
  });

  it.each(["su", "yarn"])("phi3: longrope, %s before, reads the top-level original length", (type) => {
    const factors = Array.from({ length: 48 }, () => 1.5);
    const { rope: r } = traitsOf("phi3", {
      maxPositionEmbeddings: 131_072,
      rope_scaling: { type, short_factor: factors, long_factor: factors },
    });
    expect(r.sets[0]).toMatchObject({ ropeType: "longrope", shortFactor: factors });
    expect(r.context).toEqual({
      rotaryDim: 96,
      maxPositionEmbeddings: 131_072,
      originalMaxPositionEmbeddings: 4096,
    });
    // Beyond it the cache is computed again.
    expect(r.recomputeBeyond).toBe(4096);
  });
});
