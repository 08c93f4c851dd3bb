import { faultyConfig, type Fault } from "./fault.ts";

/** Traits turned the wrong way: the model is built from a config that was changed. */
export const configFaults: readonly Fault[] = [
  {
    name: "the window of the config is read with one more",
    family: "qwen3",
    foundBy: "formula",
    options: {
      values: { use_sliding_window: [true], sliding_window: [2], max_window_layers: [0] },
      load: faultyConfig(({ slidingWindow }) => ({ sliding_window: (slidingWindow ?? 0) + 1 })),
    },
  },
  {
    name: "whole heads are rotated in place of a part",
    family: "glm",
    foundBy: "formula",
    options: {
      load: faultyConfig((config) => ({
        rope_parameters: { rope_type: "default", rope_theta: 10_000, partial_rotary_factor: 1 },
        partial_rotary_factor: config.traits.rope.rotaryDim === config.traits.headDim ? 0.5 : 1,
      })),
    },
  },
  {
    name: "the embedding multiplier is forgotten",
    family: "granite",
    foundBy: "formula",
    options: { values: { embedding_multiplier: [3] }, load: faultyConfig(() => ({ embedding_multiplier: 1 })) },
  },
  {
    name: "the residual multiplier is forgotten",
    family: "granite",
    foundBy: "formula",
    options: { values: { residual_multiplier: [0.5] }, load: faultyConfig(() => ({ residual_multiplier: 1 })) },
  },
  {
    name: "layers without rotation are rotated",
    family: "smollm3",
    foundBy: "formula",
    options: {
      values: { no_rope_layers: [[0, 0, 0, 0]] },
      load: faultyConfig((config) => ({ no_rope_layers: config.noRopeLayers?.map(() => 1) })),
    },
  },
  {
    name: "the norm of q and k is forgotten",
    family: "cohere",
    foundBy: "weights",
    options: { values: { use_qk_norm: [true] }, load: faultyConfig(() => ({ use_qk_norm: false })) },
  },
  {
    name: "biases are not asked for",
    family: "helium",
    foundBy: "weights",
    options: { values: { attention_bias: [true] }, load: faultyConfig(() => ({ attention_bias: false })) },
  },
  {
    name: "the pad token is another one",
    family: "llama",
    foundBy: "formula",
    options: { values: { pad_token_id: [3] }, load: faultyConfig(() => ({ pad_token_id: 5 })) },
  },
];
