import { beforeAll, describe, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import type { CheckpointReader } from "@helium-lm/nn";
import { loadModel, modelSource } from "@helium-lm/helium";
import { fixturePath, readFixture } from "../../../../testing/fixtures.ts";
import { withConfig } from "../helpers/with-config.ts";

/**
 * The typical mistakes of a port, made on purpose: each must move the logits by as much as transformers says it does.
 * That shows both that the parity tests would catch it and that the trait it changes is the right one.
 */
type ConfigEdit = (config: Record<string, unknown>) => void;
/** Changes a tensor's f32 values in place. */
type WeightEdit = (name: string, values: Float32Array, shape: readonly number[]) => void;

const set =
  (fields: Record<string, unknown>): ConfigEdit =>
  (config) =>
    Object.assign(config, fields);
const setRope =
  (fields: Record<string, unknown>, layerType?: string): ConfigEdit =>
  (config) => {
    const parameters = config["rope_parameters"] as Record<string, Record<string, unknown>>;
    Object.assign((layerType === undefined ? parameters : parameters[layerType]) ?? {}, fields);
  };
const fill =
  (pattern: RegExp, value: number): WeightEdit =>
  (name, values) => {
    if (pattern.test(name)) values.fill(value);
  };

const HEAD_DIM = 16;

/** Reorders rows of q and k inside each head: what turns one RoPE pairing into the other. */
const reorderHeads =
  (order: (row: number) => number): WeightEdit =>
  (name, values, [rows = 0, columns = 0]) => {
    if (!/self_attn\.[qk]_proj\.weight$/.test(name)) return;
    const old = values.slice();
    for (let row = 0; row < rows; row++) {
      const head = row - (row % HEAD_DIM);
      const from = head + order(row % HEAD_DIM);
      values.set(old.subarray(from * columns, (from + 1) * columns), row * columns);
    }
  };
const halfAsInterleaved = reorderHeads((row) => (row % 2) * (HEAD_DIM / 2) + (row >> 1));
const interleavedAsHalf = reorderHeads((row) => 2 * (row % (HEAD_DIM / 2)) + (row >= HEAD_DIM / 2 ? 1 : 0));

/** Swaps query heads 1 and 2 of four on both sides: heads then meet the kv heads that tiling would give them. */
const tiledKvHeads: WeightEdit = (name, values, [rows = 0, columns = 0]) => {
  const isQuery = name.endsWith("q_proj.weight");
  if (!isQuery && !name.endsWith("o_proj.weight")) return;
  const old = values.slice();
  const swap = (i: number): number =>
    Math.floor(i / HEAD_DIM) % 3 === 0 ? i : i < 2 * HEAD_DIM ? i + HEAD_DIM : i - HEAD_DIM;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      values[row * columns + column] =
        old[isQuery ? swap(row) * columns + column : row * columns + swap(column)] ?? NaN;
};

/** Reads the two pre-norms of layer 1 under each other's name. */
const swappedNorms = (name: string): string =>
  name.replace(
    /^(model\.layers\.1\.)(input|post_attention)(?=_layernorm)/,
    (_, layer: string, norm: string) => layer + (norm === "input" ? "post_attention" : "input"),
  );

const full = (layers: number): ConfigEdit => set({ layer_types: new Array<string>(layers).fill("full_attention") });

interface Mistake {
  readonly config?: ConfigEdit;
  readonly weights?: WeightEdit;
  /** The name a tensor is read under. */
  readonly readAs?: (name: string) => string;
}

const mistakes: Readonly<Record<string, Mistake>> = {
  "helium: half-split instead of interleaved RoPE": { weights: halfAsInterleaved },
  "helium: kv heads tiled instead of repeat-interleaved": { weights: tiledKvHeads },
  "llama: interleaved instead of half-split RoPE": { weights: interleavedAsHalf },
  "helium: theta 1e4 instead of 1e5": { config: setRope({ rope_theta: 10000.0 }) },
  "helium: eps 1e-5 instead of 1e-8": { config: set({ rms_norm_eps: 1e-5 }) },
  "helium: eps 1e-6 instead of 1e-8": { config: set({ rms_norm_eps: 1e-6 }) },
  "helium: no final norm weight": { weights: fill(/^model\.norm\.weight$/, 1) },
  "helium: two pre-norm weights of a layer swapped": { readAs: swappedNorms },
  "helium-bias: gelu tanh instead of erf": { config: set({ hidden_act: "gelu_pytorch_tanh" }) },
  "helium-bias: silu instead of gelu": { config: set({ hidden_act: "silu" }) },
  "helium-bias: q/k/v biases dropped": { weights: fill(/self_attn.*bias$/, 0) },
  "helium-bias: mlp biases dropped": { weights: fill(/mlp.*bias$/, 0) },
  "llama3: rope scaling ignored": { config: set({ rope_parameters: { rope_type: "default", rope_theta: 10000.0 } }) },
  "llama3: o_proj bias dropped": { weights: fill(/o_proj\.bias$/, 0) },
  "qwen2: q/k/v biases dropped": { weights: fill(/bias$/, 0) },
  "mistral: sliding window ignored": { config: set({ sliding_window: null }) },
  "mistral: window 5 instead of 4": { config: set({ sliding_window: 5 }) },
  "qwen3: sliding layers ignored": { config: full(3) },
  "qwen3: q/k norm weights ignored": { weights: fill(/[qk]_norm/, 1) },
  "gemma2: attention softcap ignored": { config: set({ attn_logit_softcapping: null }) },
  "gemma2: final softcap ignored": { config: set({ final_logit_softcapping: null }) },
  "gemma2: scale hd instead of query_pre_attn_scalar": { config: set({ query_pre_attn_scalar: 16 }) },
  "gemma2: sliding layers inverted": {
    config: set({ layer_types: ["full_attention", "sliding_attention", "full_attention"] }),
  },
  "gemma3_text: one rope base everywhere": {
    config: setRope({ rope_type: "default", rope_theta: 10000.0, factor: undefined }, "full_attention"),
  },
  "gemma3_text: linear factor ignored": { config: setRope({ rope_type: "default" }, "full_attention") },
  "gemma3_text: window ignored": { config: full(6) },
  "phi3: rotary 0.25 instead of 0.5": { config: setRope({ partial_rotary_factor: 0.25 }) },
  "olmo2: q/k norm weights ignored": { weights: fill(/[qk]_norm/, 1) },
  "granite: embedding_multiplier ignored": { config: set({ embedding_multiplier: 1.0 }) },
  "granite: logits_scaling ignored": { config: set({ logits_scaling: 1.0 }) },
  "granite: residual_multiplier ignored": { config: set({ residual_multiplier: 1.0 }) },
  "granite: attention_multiplier ignored": { config: set({ attention_multiplier: 0.25 }) },
  "smollm3: RoPE in every layer": { config: set({ no_rope_layers: [1, 1, 1] }) },
  "glm: rotary 0.25 instead of 0.5": { config: setRope({ partial_rotary_factor: 0.25 }) },
  "cohere: logit_scale ignored": { config: set({ logit_scale: 1.0 }) },
  "cohere: theta 1e4 instead of 5e5": { config: setRope({ rope_theta: 10000.0 }) },
};

/** A reader whose tensors (all f32 here) pass through an edit. */
function edited(reader: CheckpointReader, { weights, readAs = (name) => name }: Mistake): CheckpointReader {
  return {
    names: () => reader.names(),
    has: (name) => reader.has(name),
    info: (name) => reader.info(name),
    close: () => reader.close(),
    readBytes: async (name) => {
      const bytes = await reader.readBytes(readAs(name));
      weights?.(name, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), reader.info(name).shape);
      return bytes;
    },
  };
}

describe("negative controls", () => {
  const { max_abs_change: golden } = readFixture<{ max_abs_change: Record<string, number> }>(
    "expected/negative-controls.json",
  );
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend("cpu");
  });

  async function logitsOf(family: string, mistake: Mistake): Promise<ArrayLike<number>> {
    const { unpadded } = readFixture<{ unpadded: { input_ids: number[] } }>(`expected/${family}-causal.json`);
    const source = await modelSource(fixturePath(`models/${family}/causal`));
    const changed = withConfig(source, (text) => {
      if (!mistake.config) return text;
      const config = JSON.parse(text) as Record<string, unknown>;
      mistake.config(config);
      return keepFloats(JSON.stringify(config));
    });
    using model = await loadModel(
      "causal-lm",
      { ...changed, openWeights: async () => edited(await source.openWeights(), mistake) },
      { backend },
    );
    using logits = model.forward({ inputIds: [unpadded.input_ids] }).logits;
    return logits.data();
  }

  test("every mistake of the fixture is tried", () => {
    expect(Object.keys(mistakes).sort()).toEqual(Object.keys(golden).sort());
  });

  test.each(Object.entries(mistakes))("%s", async (name, mistake) => {
    const family = name.slice(0, name.indexOf(":"));
    const [wrong, right] = [await logitsOf(family, mistake), await logitsOf(family, {})];
    let change = 0;
    for (let i = 0; i < right.length; i++) change = Math.max(change, Math.abs((wrong[i] ?? NaN) - (right[i] ?? NaN)));
    const expected = golden[name] ?? NaN;
    // The fixture keeps three digits; two float32 passes differ by up to 1e−5 besides.
    expect(Math.abs(change - expected)).toBeLessThanOrEqual(0.005 * expected + 1e-5);
  });
});

/** The config reader is strict about floats; JSON.stringify writes 10000.0 as 10000. */
function keepFloats(json: string): string {
  const floats =
    "rope_theta|partial_rotary_factor|embedding_multiplier|logits_scaling|residual_multiplier|attention_multiplier|logit_scale";
  return json.replace(new RegExp(`"(${floats})":(\\d+)(?=[,}])`, "g"), '"$1":$2.0');
}
