import { describe, expect, it } from "vitest";
import { HeliumLmError } from "@helium-lm/tensor";
import { ConfigError, DecoderConfig } from "./index.ts";

const problem = (json: object): ConfigError => {
  try {
    DecoderConfig.fromJSON({ model_type: "helium", ...json }, { fileName: "m/config.json" });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error as ConfigError;
  }
  throw new Error(`accepted ${JSON.stringify(json)}`);
};

const cases: readonly [string, object, string, RegExp][] = [
  ["null where the original has a constant", { head_dim: null }, "head_dim", /whole number of at least 1, given null/],
  ["a size that is no whole number", { hidden_size: 64.5 }, "hidden_size", /given 64\.5/],
  ["a number in quotes", { rms_norm_eps: "1e-8" }, "rms_norm_eps", /finite number above 0, given "1e-8"/],
  ["a size beyond 32 bits", { intermediate_size: 2 ** 31 }, "intermediate_size", /given 2147483648/],
  ["a size of 1e308", { vocab_size: 1e308 }, "vocab_size", /given 1e\+308/],
  ["no layers", { num_hidden_layers: 0 }, "num_hidden_layers", /\[1, 65536\]/],
  ["a billion layers", { num_hidden_layers: 1e9 }, "num_hidden_layers", /\[1, 65536\]/],
  ["a list for a size", { hidden_size: [64] }, "hidden_size", /given \[64\]/],
  ["an object for a size", { hidden_size: {} }, "hidden_size", /given an object/],
  ["a string for a flag", { use_cache: "true" }, "use_cache", /true or false, given "true"/],
  ["a number for a flag", { attention_bias: 1 }, "attention_bias", /true or false, given 1/],
  ["an unknown activation", { hidden_act: "snake" }, "hidden_act", /one of silu, .*gelu_pytorch_tanh.*given "snake"/],
  ["a dropout above 1", { attention_dropout: 2 }, "attention_dropout", /\[0, 1\], given 2/],
  ["eps 0", { rms_norm_eps: 0 }, "rms_norm_eps", /above 0, given 0/],
  ["eps below 0", { rms_norm_eps: -1e-8 }, "rms_norm_eps", /above 0/],
  ["no key heads", { num_key_value_heads: 0 }, "num_key_value_heads", /at least 1, given 0/],
  ["H % K ≠ 0", { num_key_value_heads: 3 }, "num_key_value_heads", /divisor of num_attention_heads = 20, given 3/],
  ["an odd head", { head_dim: 15, hidden_size: 300 }, "head_dim", /even, given 15/],
  ["H·hd ≠ d where o_proj is square", { hidden_size: 2048 }, "hidden_size", /= 2560, .*square.*given 2048/],
  ["a token id of 1.5", { eos_token_id: 1.5 }, "eos_token_id", /token id or a list/],
  ["a list of odd token ids", { eos_token_id: [1, "2"] }, "eos_token_id", /given \[1, "2"\]/],
  ["a list for pad", { pad_token_id: [3] }, "pad_token_id", /or null, given \[3\]/],
  ["id2label that is a list", { id2label: ["a"] }, "id2label", /an object/],
  ["id2label that is empty", { id2label: {} }, "id2label", /entry for each class/],
  ["label2id that is a string", { label2id: "a" }, "label2id", /an object/],
  ["a class index that is no number", { id2label: { a: "b" } }, "id2label.a", /class index/],
  ["a class name that is no string", { id2label: { "0": 5 } }, "id2label.0", /given 5/],
  ["a label2id value that is no index", { label2id: { a: "0" } }, "label2id.a", /class index, given "0"/],
  ["num_labels 0", { num_labels: 0 }, "num_labels", /\[1, 100000\]/],
  ["num_labels 1e9", { num_labels: 1e9 }, "num_labels", /\[1, 100000\]/],
  ["architectures that is a string", { architectures: "HeliumModel" }, "architectures", /list of strings/],
  ["an unknown dtype", { dtype: "int3" }, "dtype", /bfloat16, or null, given "int3"/],
  ["a problem_type that is no string", { problem_type: 3 }, "problem_type", /a string, or null/],
  ["an unknown rope_type", { rope_scaling: { type: "mrope" } }, "rope_scaling.rope_type", /yarn, .*given "mrope"/],
  ["a rope_type that is no string", { rope_parameters: { rope_type: 1 } }, "rope_parameters.rope_type", /given 1/],
  ["rope_parameters that is a list", { rope_parameters: [] }, "rope_parameters", /an object or null/],
  ["theta 0", { rope_theta: 0 }, "rope_parameters.rope_theta", /above 0, given 0/],
  ["theta in quotes", { rope_theta: "1e5" }, "rope_parameters.rope_theta", /above 0/],
  ["a missing factor", { rope_scaling: { type: "linear" } }, "rope_scaling.factor", /present for rope_type "linear"/],
  [
    "a part of the head in a family that knows none",
    { partial_rotary_factor: 0.5 },
    "rope_parameters.partial_rotary_factor",
    /1 in this family/,
  ],
  [
    "sets per layer type in a family that has one",
    { rope_parameters: { full_attention: {} } },
    "rope_parameters",
    /one set/,
  ],
  [
    "layer types of the wrong number",
    { model_type: "qwen2", layer_types: ["full_attention"] },
    "layer_types",
    /num_hidden_layers = 32, given "1 entries"/,
  ],
  [
    "a layer type that does not run",
    { model_type: "gemma2", layer_types: ["chunked_attention"] },
    "layer_types",
    /full_attention or sliding/,
  ],
  ["rope flags beyond 0 and 1", { model_type: "smollm3", no_rope_layers: [2] }, "no_rope_layers", /0 or 1/],
  ["a window of 0", { model_type: "mistral", sliding_window: 0 }, "sliding_window", /or null, given 0/],
  ["a softcap of 0", { model_type: "gemma2", final_logit_softcapping: 0 }, "final_logit_softcapping", /above 0/],
  [
    "a word in place of a flag",
    { model_type: "gemma2", use_bidirectional_attention: "vision" },
    "use_bidirectional_attention",
    /true or false, or null, given "vision"/,
  ],
  [
    "d % H ≠ 0 where the head is derived",
    { model_type: "llama", hidden_size: 100 },
    "hidden_size",
    /multiple of num_attention_heads = 32/,
  ],
  [
    "an odd rotated part",
    { model_type: "glm", head_dim: 6 },
    "rope_parameters.partial_rotary_factor",
    /even number ≥ 2 of the 6/,
  ],
  ["an unknown model_type", { model_type: "gpt2" }, "model_type", /one of helium, llama, mistral, .*given "gpt2"/],
  ["a model_type of null", { model_type: null }, "model_type", /given null/],
];

describe("ConfigError", () => {
  it.each(cases)("for %s", (_name, json, key, message) => {
    const error = problem(json);
    expect(error).toBeInstanceOf(HeliumLmError);
    expect(error).toMatchObject({ name: "ConfigError", file: "m/config.json", key, subject: `m/config.json ${key}` });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^m\/config\.json [\w.]+: must be .+, given .+; .+$/s);
    expect(error.details).toHaveProperty("given");
    expect(error.details).toHaveProperty("mend");
  });

  it("names HeliumConfig where the config is built in code", () => {
    expect(() => new DecoderConfig({ hiddenSize: 0 })).toThrow(/^HeliumConfig hidden_size: /);
  });
});

describe("what is admitted", () => {
  const accepted = (json: object): DecoderConfig => DecoderConfig.fromJSON({ model_type: "helium", ...json });

  it.each([
    ["an int for a float", { rms_norm_eps: 1 }],
    ["pad −1", { pad_token_id: -1 }],
    ["an empty list of eos ids", { eos_token_id: [] }],
    ["unknown problem types", { problem_type: "other" }],
    ["null labels", { id2label: null, label2id: null, num_labels: null }],
    ["a rotary factor of 1", { partial_rotary_factor: 1 }],
    ["rope_scaling and rope_parameters null", { rope_scaling: null, rope_parameters: null }],
    ["empty rope_parameters", { rope_parameters: {} }],
  ])("%s", (_name, json) => expect(accepted(json).modelType).toBe("helium"));

  it.each([
    ["torch.bfloat16", "bfloat16"],
    ["half", "float16"],
    ["float", "float32"],
    ["torch.float16", "float16"],
  ])("dtype %s means %s", (given, dtype) => {
    expect(accepted({ torch_dtype: given }).dtype).toBe(dtype);
    expect(accepted({ dtype: given, torch_dtype: "float64" }).dtype).toBe(dtype);
  });
});
