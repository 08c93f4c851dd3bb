import { afterAll, describe, expect, it } from "vitest";
import { queryHeads } from "../config/derive.ts";
import { ConfigError, DecoderConfig, type FamilyDefinition } from "../config/index.ts";
import { architectureOf, resolveArchitecture } from "../heads/architectures.ts";
import { families, familyOf, knownModelTypes, registerFamily } from "./index.ts";

describe("the family table", () => {
  it.each(Object.entries(families))(
    "%s is listed under its model type and its defaults are a config",
    (key, family) => {
      expect(family.modelType).toBe(key);
      expect(new DecoderConfig({ modelType: key }).modelType).toBe(key);
    },
  );

  it("is data: no function in it but those that make a field of others", () => {
    const withoutDerivations = Object.values<FamilyDefinition>(families).map(({ fields, ...rest }) => ({
      ...rest,
      fields: Object.entries(fields).map(([key, field]) => {
        const isDerived = typeof field === "object" && field !== null && "from" in field;
        return [key, isDerived ? { ...field, from: typeof field.from } : field];
      }),
    }));
    expect(JSON.parse(JSON.stringify(withoutDerivations))).toEqual(withoutDerivations);
  });
});

describe("resolveArchitecture", () => {
  it.each([
    ["HeliumModel", "helium", "base"],
    ["HeliumForCausalLM", "helium", "causal-lm"],
    ["LlamaForSequenceClassification", "llama", "sequence-classification"],
    ["Qwen2ForTokenClassification", "qwen2", "token-classification"],
    ["Gemma3ForCausalLM", "gemma3_text", "causal-lm"],
    ["Gemma3TextModel", "gemma3_text", "base"],
    ["SmolLM3ForCausalLM", "smollm3", "causal-lm"],
  ])("%s → %s, %s", (name, modelType, head) => {
    const found = resolveArchitecture(name);
    expect([found?.family.modelType, found?.head]).toEqual([modelType, head]);
  });

  it("knows no other class", () => {
    for (const name of ["BertModel", "Llama", "LlamaForQuestionAnswering", "", "Gemma3ForConditionalGeneration"]) {
      expect(resolveArchitecture(name)).toBeUndefined();
    }
  });

  it("writes the names that transformers gives the classes", () => {
    const names = (["base", "causal-lm", "sequence-classification"] as const).map((head) =>
      architectureOf(families.gemma3_text, head),
    );
    expect(names).toEqual(["Gemma3TextModel", "Gemma3ForCausalLM", "Gemma3TextForSequenceClassification"]);
  });

  it("inverts architectureOf", () => {
    for (const family of Object.values(families)) {
      expect(resolveArchitecture(architectureOf(family, "token-classification"))).toEqual({
        family,
        head: "token-classification",
      });
    }
  });
});

describe("registerFamily", () => {
  const toy: FamilyDefinition = {
    modelType: "toy",
    classPrefix: "Toy",
    fields: {
      vocab_size: 11,
      hidden_size: 8,
      intermediate_size: 12,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      num_key_value_heads: { from: queryHeads },
      max_position_embeddings: 16,
      hidden_act: "relu",
      tie_word_embeddings: true,
      pad_token_id: null,
      bos_token_id: null,
      eos_token_id: null,
      toy_residual: { absent: 0.5, kind: "number" },
      layer_norm_eps: 1e-5,
    },
    rope: { theta: 100 },
    traits: {
      ropePairing: "half",
      norm: { kind: "layer", eps: { key: "layer_norm_eps" } },
      residualScale: { key: "toy_residual" },
    },
    weightNames: { trunk: "transformer", layers: "h" },
  };

  it("refuses what is taken or does not resolve", () => {
    const refused = (change: Partial<FamilyDefinition>): void =>
      expect(() => registerFamily({ ...toy, ...change })).toThrow(ConfigError);
    refused({ modelType: "llama" });
    refused({ classPrefix: "Gemma3Text" });
    refused({ traits: { ...toy.traits, logitScale: { key: "no_such_key" } } });
    refused({ fields: { ...toy.fields, new_key: 1 } });
    refused({ fields: { ...toy.fields, num_attention_heads: 3 } });
    expect(knownModelTypes()).not.toContain("toy");
  });

  it("adds a family with a key of its own", () => {
    registerFamily(toy);
    expect(knownModelTypes()).toContain("toy");
    const config = DecoderConfig.fromJSON({ model_type: "toy", toy_residual: 0.25, junk: 1 });
    expect(config.traits).toMatchObject({ residualScale: 0.25, headDim: 4, activation: "relu" });
    expect(config.traits.weights).toMatchObject({ trunk: "transformer", layers: "h", q: "q_proj" });
    expect(config.get("toy_residual")).toBe(0.25);
    expect(config.unknownKeys).toEqual({ junk: 1 });
    expect(DecoderConfig.fromJSON(config.toJSONString()).traits).toEqual(config.traits);
    expect(() => DecoderConfig.fromJSON({ model_type: "toy", toy_residual: "x" })).toThrow(ConfigError);
    expect(resolveArchitecture("ToyForCausalLM")?.family).toBe(toy);
    expect(() => registerFamily(toy)).toThrow(ConfigError);
  });

  afterAll(() => expect(familyOf("toy").classPrefix).toBe("Toy"));
});

describe("familyOf", () => {
  it.each(["gpt2", "__proto__", "toString", "", 3, null, undefined])(
    "%j: an error that lists the known",
    (modelType) => {
      expect(() => familyOf(modelType, "a/config.json")).toThrow(
        /^a\/config\.json model_type: must be one of helium, llama, .*cohere.*, given /,
      );
    },
  );
});
