import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families } from "../families/index.ts";
import { activationNames, ConfigError, DecoderConfig } from "./index.ts";
import { knownKeys } from "./fields.ts";

const seed = 20_260_301;
const modelTypes = Object.keys(families);

/** Numbers that JSON keeps: all but −0, which it writes as 0 where a whole number is meant. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? 0 : x));
const positive = fc.double({ min: 1e-30, max: 1e30, noNaN: true });

const ropeParameters = fc.oneof(
  fc.record({ rope_theta: positive }),
  fc.record({ rope_type: fc.constant("linear"), rope_theta: positive, factor: positive }),
  fc.record({ type: fc.constant("dynamic"), factor: positive, mystery: fc.jsonValue({ maxDepth: 1 }) }),
  fc.record({
    rope_type: fc.constant("yarn"),
    factor: fc.option(positive),
    beta_fast: positive,
    truncate: fc.boolean(),
  }),
);

/** Valid configs: heads of an even size that fit every family, odd keys beside them. */
const validConfig = fc
  .record({
    modelType: fc.constantFrom(...modelTypes),
    kvHeads: fc.integer({ min: 1, max: 4 }),
    groups: fc.integer({ min: 1, max: 4 }),
    quarterHead: fc.integer({ min: 1, max: 16 }),
    sizes: fc.record({
      vocab_size: fc.integer({ min: 1, max: 1e6 }),
      intermediate_size: fc.integer({ min: 1, max: 1e5 }),
      num_hidden_layers: fc.integer({ min: 1, max: 40 }),
      max_position_embeddings: fc.integer({ min: 1, max: 1e6 }),
      initializer_range: positive,
      tie_word_embeddings: fc.boolean(),
      eos_token_id: fc.option(fc.oneof(fc.integer({ min: -1, max: 9e5 }), fc.array(fc.nat(9), { maxLength: 3 }))),
      pad_token_id: fc.option(fc.integer({ min: -1, max: 9e5 })),
    }),
    extra: fc.record(
      {
        hidden_act: fc.constantFrom(...activationNames),
        rms_norm_eps: positive,
        attention_bias: fc.boolean(),
        dtype: fc.constantFrom("float32", "bfloat16"),
        num_labels: fc.integer({ min: 1, max: 9 }),
        problem_type: fc.string(),
        temperature: positive,
        top_k: fc.nat(),
        sliding_window: fc.option(fc.integer({ min: 1, max: 9999 })),
        rope: ropeParameters,
      },
      { requiredKeys: [] },
    ),
    id2label: fc.option(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 })),
    junk: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }),
  })
  .map(({ modelType, kvHeads, groups, quarterHead, sizes, extra: { rope, ...extra }, id2label, junk }) => {
    const [heads, headDim] = [kvHeads * groups, quarterHead * 4];
    const known = new Set([...knownKeys, "rope_theta", "rope_scaling", "num_labels", "torch_dtype"]);
    return {
      ...Object.fromEntries(Object.entries(junk).filter(([key]) => !known.has(key))),
      ...sizes,
      ...extra,
      ...(rope === undefined || modelType === "phi3" ? {} : { rope_scaling: rope }),
      ...(id2label === null ? {} : { id2label: Object.fromEntries(id2label.entries()) }),
      model_type: modelType,
      hidden_size: heads * headDim,
      head_dim: headDim,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
    };
  });

describe("round trip", () => {
  it("reading what was written gives the same config, and the text is stable", () => {
    fc.assert(
      fc.property(validConfig, (json) => {
        const config = DecoderConfig.fromJSON(JSON.stringify(json));
        const text = config.toJSONString();
        const again = DecoderConfig.fromJSON(text);
        expect(again.toJSONString()).toBe(text);
        expect(again.traits).toEqual(config.traits);
        // Warnings name the key as the file had it.
        expect({ ...again, warnings: [] }).toEqual({ ...config, warnings: [] });
        expect(again.warnings).toHaveLength(config.warnings.length);
        expect(DecoderConfig.fromJSON(config.toJSON()).toJSONString()).toBe(text);
        expect(config.with({}).toJSONString()).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(config)));
      }),
      { seed, numRuns: 400 },
    );
  });

  it("unknown keys come back unchanged", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), number, (junk, x) => {
        const unknown = { "x y": x, ...Object.fromEntries(Object.entries(junk).map(([k, v]) => [`?${k}`, v])) };
        const config = DecoderConfig.fromJSON({ model_type: "llama", ...unknown });
        // JSON has no −0 but in floats.
        expect(JSON.stringify(DecoderConfig.fromJSON(config.toJSONString()).unknownKeys, sortedKeys(unknown))).toBe(
          JSON.stringify(unknown, sortedKeys(unknown)),
        );
      }),
      { seed, numRuns: 200 },
    );
  });
});

/** A replacer that lists every key in order, so that order does not count. */
const sortedKeys = (value: unknown): string[] => {
  const keys = new Set<string>();
  JSON.stringify(value, (key, inner: unknown) => (keys.add(key), inner));
  return [...keys].sort();
};

describe("hostile input", () => {
  const names = fc.oneof(
    fc.constantFrom(
      ...knownKeys,
      ...[
        "__proto__",
        "constructor",
        "toString",
        "id2label",
        "label2id",
        "num_labels",
        "rope_parameters",
        "rope_scaling",
      ],
      ...["rope_theta", "torch_dtype", "model_type", "partial_rotary_factor", "rope_local_base_freq", "max_length"],
    ),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom(null, true, [], {}, "", 0, -1, 1e308, 2 ** 53, 0.5, [null], { __proto__: null }, "default", "yarn"),
    fc.constantFrom({ type: "yarn" }, { rope_type: "linear", factor: 2 }, { full_attention: {} }, { "0": "a" }),
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(names, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
    fc.integer(),
    number,
  );

  /** A config, or a ConfigError; anything else fails the property. */
  const attempt = (source: string | object): void => {
    try {
      DecoderConfig.fromJSON(source).toJSONString();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  };

  it("any keys with any values give a config or a ConfigError", () => {
    fc.assert(
      fc.property(fc.constantFrom(...modelTypes), fc.array(fc.tuple(names, value), { maxLength: 4 }), (type, pairs) => {
        attempt(JSON.stringify(Object.fromEntries([["model_type", type], ...pairs])));
      }),
      { seed, numRuns: 3000 },
    );
  });

  it("any text and any cut or changed file, too", () => {
    const text = new DecoderConfig({
      ropeParameters: { ropeType: "linear", factor: 2 },
      eosTokenId: [1],
    }).toJSONString();
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(8), fc.string(), (at, removed, inserted) => {
        attempt(text.slice(0, at) + inserted + text.slice(at + removed));
        attempt(text.slice(0, at));
        attempt(inserted);
      }),
      { seed, numRuns: 2000 },
    );
  });

  it.each([null, [], "x", 3, [[]], true])("%j is no config", (source) => {
    expect(() => DecoderConfig.fromJSON(JSON.stringify(source))).toThrow(ConfigError);
  });

  it("leaves the prototypes alone", () => {
    const config = DecoderConfig.fromJSON(
      '{"model_type":"helium","__proto__":{"polluted":1},"id2label":{"0":"__proto__"}}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(config.unknownKeys)).toEqual(["__proto__"]);
    expect(Object.hasOwn(config.label2id, "__proto__")).toBe(true);
    expect(config.toJSONString()).toContain('"__proto__": {\n    "polluted": 1\n  }');
  });
});
