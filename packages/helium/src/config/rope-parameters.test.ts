import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, DecoderConfig } from "./index.ts";

const rope = (modelType: string, json: object): unknown =>
  DecoderConfig.fromJSON({ model_type: modelType, ...json }).ropeParameters;

const llama3 = { factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

describe("spellings of rotary parameters", () => {
  it("theta: inside, else top level, else the family's", () => {
    const theta = (json: object): unknown => (rope("helium", json) as { ropeTheta: number }).ropeTheta;
    expect(theta({ rope_theta: 7, rope_parameters: { rope_theta: 9 } })).toBe(9);
    expect(theta({ rope_theta: 7, rope_parameters: { rope_type: "default" } })).toBe(7);
    expect(theta({ rope_theta: 7, rope_scaling: null })).toBe(7);
    expect(theta({})).toBe(100_000);
  });

  it.each([
    ["helium", 100_000],
    ["llama", 10_000],
    ["smollm3", 2_000_000],
    ["cohere", 500_000],
  ])("default theta of %s", (modelType, ropeTheta) => {
    expect(rope(modelType, {})).toEqual({ ropeType: "default", ropeTheta });
  });

  it("rope_scaling with type or rope_type equals rope_parameters", () => {
    const now = rope("llama", { rope_parameters: { rope_type: "llama3", rope_theta: 500_000, ...llama3 } });
    expect(rope("llama", { rope_theta: 500_000, rope_scaling: { type: "llama3", ...llama3 } })).toEqual(now);
    expect(rope("llama", { rope_theta: 500_000, rope_scaling: { rope_type: "llama3", ...llama3 } })).toEqual(now);
    expect(now).toEqual({
      ropeType: "llama3",
      ropeTheta: 500_000,
      factor: 32,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositionEmbeddings: 8192,
    });
  });

  it("rope_scaling wins over rope_parameters, rope_type over type", () => {
    const json = {
      rope_scaling: { type: "dynamic", rope_type: "linear", factor: 2 },
      rope_parameters: { rope_theta: 3 },
    };
    expect(rope("llama", json)).toEqual({ ropeType: "linear", ropeTheta: 10_000, factor: 2 });
  });

  it("YaRN's factor may be null but not absent", () => {
    expect(rope("qwen2", { rope_scaling: { type: "yarn", factor: null } })).toMatchObject({ factor: null });
    expect(() => rope("qwen2", { rope_scaling: { type: "yarn" } })).toThrow(/rope_scaling\.factor: must be present/);
  });

  it.each([
    ["linear", ["factor"]],
    ["dynamic", ["factor"]],
    ["llama3", ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"]],
    ["longrope", ["short_factor", "long_factor"]],
  ])("%s needs %j", (rope_type, required) => {
    const list = Array.from({ length: 64 }, () => 1);
    const all = { ...llama3, short_factor: list, long_factor: list };
    const only = Object.fromEntries(Object.entries(all).filter(([key]) => required.includes(key)));
    expect(rope("llama", { rope_parameters: { rope_type, ...only } })).toMatchObject({ ropeType: rope_type });
    for (const key of required) {
      const { [key]: _left, ...rest } = only as Record<string, unknown>;
      expect(() => rope("llama", { rope_parameters: { rope_type, ...rest } })).toThrow(
        `rope_parameters.${key}: must be`,
      );
    }
  });

  it("keeps keys that the type does not read, with a warning", () => {
    const json = {
      model_type: "llama",
      rope_parameters: { rope_type: "linear", factor: 2, beta_fast: 8, "odd key": [1] },
    };
    const config = DecoderConfig.fromJSON(json);
    expect(config.warnings).toEqual([
      'config.json rope_parameters.beta_fast: not read for rope_type "linear"',
      'config.json rope_parameters.odd key: not read for rope_type "linear"',
    ]);
    expect(config.toJSON().rope_parameters).toEqual({ ...json.rope_parameters, rope_theta: 10_000 });
  });

  it("covers every type of the numeric tables", () => {
    const { cases } = JSON.parse(readFileSync(new URL("../../../../fixtures/rope.json", import.meta.url), "utf8")) as {
      cases: { head_dim: number; max_position_embeddings: number; rope_parameters: Record<string, unknown> }[];
    };
    for (const { head_dim, max_position_embeddings, rope_parameters } of cases) {
      const partial = typeof rope_parameters.partial_rotary_factor === "number";
      const { traits } = DecoderConfig.fromJSON({
        model_type: partial ? "glm" : "llama",
        head_dim,
        max_position_embeddings,
        rope_parameters,
      });
      expect(traits.rope.sets[0]?.ropeType).toBe(rope_parameters.rope_type);
      expect(traits.rope.rotaryDim).toBe(partial ? head_dim / 2 : head_dim);
    }
  });

  it("rotates the whole dimensions of a fraction of the head: transformers takes int(10 · 0.25)", () => {
    const { traits } = DecoderConfig.fromJSON({
      model_type: "glm",
      head_dim: 10,
      rope_parameters: { rope_type: "default", partial_rotary_factor: 0.25 },
    });
    expect(traits.rope.rotaryDim).toBe(2);
  });

  it("refuses longrope lists of the wrong length, and values outside their domain", () => {
    const bad = (modelType: string, values: object): (() => unknown) => {
      return () => rope(modelType, { rope_parameters: values });
    };
    const longrope = { rope_type: "longrope", short_factor: [1], long_factor: [1] };
    expect(bad("phi3", longrope)).toThrow(/short_factor: must be a list of half the rotated dimensions, 48 numbers/);
    expect(bad("phi3", { ...longrope, long_factor: [0] })).toThrow(
      /long_factor: must be a list of finite numbers above 0/,
    );
    expect(bad("phi3", { rope_type: "linear", factor: 2 })).toThrow(/one of default, longrope, given "linear"/);
    expect(bad("llama", { rope_type: "linear", factor: -1 })).toThrow(/factor: must be a finite number above 0/);
    expect(bad("llama", { rope_type: "yarn", factor: 2, truncate: 1 })).toThrow(/truncate: must be true or false/);
    expect(bad("llama", { rope_type: "llama3", ...llama3, original_max_position_embeddings: 1.5 })).toThrow(/whole/);
    expect(bad("glm", { partial_rotary_factor: 1.5 })).toThrow(/partial_rotary_factor: must be a number in \(0, 1\]/);
  });
});

describe("rotary parameters per layer type", () => {
  const plain = (ropeTheta: number): object => ({ ropeType: "default", ropeTheta });

  it("defaults", () => {
    expect(rope("gemma3_text", {})).toEqual({ full_attention: plain(1_000_000), sliding_attention: plain(10_000) });
  });

  it("old keys: rope_theta and rope_scaling are for full layers, rope_local_base_freq for sliding ones", () => {
    const old = { rope_theta: 5, rope_local_base_freq: 6, rope_scaling: { rope_type: "linear", factor: 8 } };
    const expected = {
      full_attention: { ropeType: "linear", ropeTheta: 5, factor: 8 },
      sliding_attention: plain(6),
    };
    expect(rope("gemma3_text", old)).toEqual(expected);
    const nested = {
      full_attention: { rope_type: "linear", rope_theta: 5, factor: 8 },
      sliding_attention: { rope_theta: 6 },
    };
    expect(rope("gemma3_text", { rope_parameters: nested })).toEqual(expected);
    expect(rope("gemma3_text", { rope_parameters: { sliding_attention: { rope_theta: 6 } } })).toEqual({
      full_attention: plain(1_000_000),
      sliding_attention: plain(6),
    });
  });

  it("old layer pattern", () => {
    const layers = (json: object): unknown =>
      DecoderConfig.fromJSON({ model_type: "gemma3_text", num_hidden_layers: 4, ...json }).layerTypes;
    const [full, sliding] = ["full_attention", "sliding_attention"];
    expect(layers({ sliding_window_pattern: 2 })).toEqual([sliding, full, sliding, full]);
    expect(layers({ _sliding_window_pattern: 2 })).toEqual([sliding, sliding, sliding, sliding]);
    expect(layers({ sliding_window_pattern: 2, layer_types: [full, full, full, full] })).toEqual([
      full,
      full,
      full,
      full,
    ]);
  });

  it("camel-cased in code", () => {
    const config = new DecoderConfig({
      modelType: "gemma3_text",
      ropeParameters: { full_attention: { ropeType: "linear", factor: 2 }, sliding_attention: { ropeTheta: 3 } },
    });
    expect(config.traits.rope.sets).toEqual([{ ropeType: "linear", ropeTheta: 1_000_000, factor: 2 }, plain(3)]);
    expect(new DecoderConfig({ modelType: "gemma3_text", ropeParameters: config.ropeParameters }).toJSON()).toEqual(
      config.toJSON(),
    );
  });
});

describe("rope_interleave", () => {
  const pairing = (json: object): string => DecoderConfig.fromJSON(json).traits.rope.pairing;

  it("turns the family's pairing, and is written back", () => {
    expect(pairing({ model_type: "llama" })).toBe("half");
    expect(pairing({ model_type: "llama", rope_interleave: null })).toBe("half");
    expect(pairing({ model_type: "llama", rope_interleave: true })).toBe("interleaved");
    expect(pairing({ model_type: "helium", rope_interleave: false })).toBe("half");
    const config = DecoderConfig.fromJSON({ model_type: "llama", rope_interleave: true });
    expect(config.toJSON()).toMatchObject({ rope_interleave: true });
    expect(DecoderConfig.fromJSON({ model_type: "llama" }).toJSON()).not.toHaveProperty("rope_interleave");
    expect(() => pairing({ model_type: "llama", rope_interleave: 1 })).toThrow(ConfigError);
  });
});
