import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { bytesSource, GgufError, GgufFile, writeGguf, type GgufScalar, type GgufTensorToWrite } from "@helium-lm/nn";
import { ggufSource, loadConfig, loadModel, modelSource, type ModelSource } from "@helium-lm/helium";
import { exportGguf, type GgufExportOptions } from "@helium-lm/helium/gguf";
import { compareGolden, fixturePath, readFixture, tolerances, type Golden } from "../../../../testing/fixtures.ts";
import { withConfigKeys } from "../helpers/with-config.ts";

interface Expected {
  readonly unpadded: { readonly input_ids: number[]; readonly logits: Golden };
}

/** Checkpoints of transformers that a GGUF file can say, and the architecture they are written as. */
const sayable = [
  ["helium", "llama"],
  ["helium-mha", "llama"],
  ["helium-tied", "llama"],
  ["helium-bf16", "llama"],
  ["helium-sharded", "llama"],
  ["llama", "llama"],
  ["llama3", "llama"],
  ["qwen2", "qwen2"],
  ["gemma", "gemma"],
  ["phi3", "phi3"],
  ["olmo2", "olmo2"],
  ["granite", "granite"],
  ["glm", "chatglm"],
  ["cohere", "command-r"],
] as const;

/** Those that no file can say, what is in the way, and the config without it. */
const unsayable = [
  ["helium-bias", "llama", /activation is "gelu", but a reader of the file would take "silu"/, { hidden_act: "silu" }],
  ["mistral", "llama", /window.0 is 4, but a reader of the file would take null/, { sliding_window: null }],
  ["qwen3", "qwen3", /window.1 is 4, but a reader of the file would take null/, { use_sliding_window: false }],
  [
    "gemma2",
    "gemma2",
    /attnScale is 0.204\d*, but a reader of the file would take 0.25/,
    { query_pre_attn_scalar: 16 },
  ],
  [
    "gemma3_text",
    "gemma3",
    /attnScale is 0.204\d*, but a reader of the file would take 0.25/,
    { query_pre_attn_scalar: 16 },
  ],
  ["smollm3", "smollm3", /rope.setOf.1 is null, but a reader of the file would take 0/, { no_rope_layers: [1, 1, 1] }],
] as const;

const causal = async (name: string, change: Readonly<Record<string, unknown>> = {}): Promise<ModelSource> =>
  withConfigKeys(await modelSource(fixturePath(`models/${name}/causal`)), change);

const exported = async (files: ModelSource, options: GgufExportOptions = {}): Promise<Uint8Array> => {
  const reader = await files.openWeights();
  try {
    const { metadata, tensors } = await exportGguf(await loadConfig(files), reader, options);
    const chunks: Uint8Array[] = [];
    await writeGguf(metadata, tensors, async (chunk) => void chunks.push(chunk.slice()));
    return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
  } finally {
    await reader.close();
  }
};

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend("cpu");
});
afterAll(() => {
  expect(backend.memory().handles).toBe(0);
});

const ids = [1, 17, 93, 4, 60, 23, 8, 71, 42];
const logitsOf = async (location: ModelSource, input: number[] = ids): Promise<unknown> => {
  using model = await loadModel("causal-lm", location, { backend });
  expect(model.loadReport).toEqual({ missing: [], unused: [] });
  const { logits } = model.forward({ inputIds: [input] });
  const [rows] = (await logits.toArray()) as unknown[];
  logits.dispose();
  return rows;
};

describe("transformers' logits, after a way through a file", () => {
  test.each(sayable)("%s as %s", async (name, architecture) => {
    const bytes = await exported(await causal(name));
    const file = await GgufFile.open(bytesSource(bytes, "x.gguf"));
    expect(file.metadata.text("general.architecture")).toBe(architecture);
    const head = name === "helium-sharded" ? "helium" : name;
    const { input_ids, logits } = readFixture<Expected>(`expected/${head}-causal.json`).unpadded;
    const found = await logitsOf(ggufSource(bytesSource(bytes, "x.gguf")), input_ids);
    expect(compareGolden(found, logits, tolerances.states)).toMatchObject({ firstBad: null });
  });

  test.each(unsayable)("%s says what a %s file cannot, and goes without it", async (name, _, reason, change) => {
    await expect(exported(await causal(name))).rejects.toThrow(reason);
    await expect(exported(await causal(name))).rejects.toBeInstanceOf(GgufError);
    const changed = await causal(name, change);
    const bytes = await exported(changed);
    const expected = (await logitsOf(changed)) as Golden;
    const found = await logitsOf(ggufSource(bytesSource(bytes, "x.gguf")));
    expect(compareGolden(found, expected, tolerances.states)).toMatchObject({ firstBad: null });
  });

  test("a llama in half-split order is reordered, one read from a file is not", async () => {
    const first = await exported(await causal("llama"));
    const again = await exported(ggufSource(bytesSource(first, "x.gguf")));
    expect(again).toEqual(first);
  });
});

describe("scaled rotary frequencies", () => {
  const scalings = {
    linear: { rope_type: "linear", factor: 4 },
    yarn: { rope_type: "yarn", factor: 4, original_max_position_embeddings: 16, beta_fast: 24 },
    "yarn with its own factor": {
      rope_type: "yarn",
      factor: 4,
      original_max_position_embeddings: 16,
      attention_factor: 1.5,
    },
    "llama3 with unusual bounds": {
      rope_type: "llama3",
      factor: 8,
      low_freq_factor: 0.5,
      high_freq_factor: 3,
      original_max_position_embeddings: 32,
    },
  };

  test.each(Object.entries(scalings))("%s", async (name, rope) => {
    const changed = await causal("llama", { rope_parameters: { rope_theta: 10_000, ...rope } });
    if (name.startsWith("llama3")) {
      // Read back as a list of divisors, which is another way to say the same.
      await expect(exported(changed)).rejects.toThrow(/rope.sets.0.ropeType is "llama3", .* "longrope"/);
      return;
    }
    const bytes = await exported(changed);
    const expected = (await logitsOf(changed)) as Golden;
    const found = await logitsOf(ggufSource(bytesSource(bytes, "x.gguf")));
    expect(compareGolden(found, expected, tolerances.states)).toMatchObject({ firstBad: null });
  });

  test("types no file has are refused", async () => {
    const changed = await causal("llama", { rope_parameters: { rope_theta: 1e4, rope_type: "dynamic", factor: 2 } });
    await expect(exported(changed)).rejects.toThrow(/rope.sets.0.ropeType is "dynamic"/);
  });

  test("a list of divisors that no rule gives is used as it is", async () => {
    const divisors = Float32Array.from({ length: 8 }, (_, i) => 1 + i * i);
    const bytes = await rewritten(await exported(await causal("llama")), {
      tensors: [{ name: "rope_freqs.weight", dtype: "f32", shape: [8], bytes: new Uint8Array(divisors.buffer) }],
    });
    const files = ggufSource(bytesSource(bytes, "x.gguf"));
    const { ropeParameters } = await loadConfig(files);
    expect(ropeParameters).toMatchObject({ ropeType: "longrope", shortFactor: [...divisors], attentionFactor: 1 });
    const half = await exported(await causal("llama", { rope_parameters: { rope_theta: 1e4, rope_type: "default" } }));
    expect(await logitsOf(files)).not.toEqual(await logitsOf(ggufSource(bytesSource(half, "x.gguf"))));
  });
});

describe("quantised files", () => {
  test("a mixed preset, with the error of each tensor", async () => {
    const reports: [string, string, number][] = [];
    const bytes = await exported(await causal("helium"), {
      dtype: "q4_0",
      embeddingDType: "q8_0",
      onTensor: ({ name, dtype, error }) => reports.push([name, dtype, error]),
    });
    const dtypeOf = new Map(reports.map(([name, dtype]) => [name, dtype]));
    expect(dtypeOf.get("token_embd.weight")).toBe("q8_0");
    expect(dtypeOf.get("output.weight")).toBe("q8_0");
    expect(dtypeOf.get("blk.0.attn_q.weight")).toBe("q4_0");
    expect(dtypeOf.get("blk.0.attn_norm.weight")).toBe("f32");
    // F = 48 is no whole number of blocks.
    expect(dtypeOf.get("blk.0.ffn_down.weight")).toBe("bf16");
    for (const [, dtype, error] of reports) {
      if (dtype === "q4_0") expect(error).toBeGreaterThan(1e-3);
      expect(error).toBeLessThan(dtype === "q4_0" ? 0.02 : dtype === "q8_0" ? 1e-4 : 1e-12);
    }
    const exact = (await logitsOf(await causal("helium"))) as number[][];
    const found = (await logitsOf(ggufSource(bytesSource(bytes, "x.gguf")))) as number[][];
    const { maxAbs } = compareGolden(found, exact, tolerances.states);
    expect(maxAbs).toBeGreaterThan(1e-3);
    expect(maxAbs).toBeLessThan(3);
  });

  test("blocks of a file pass into another one as they are", async () => {
    const first = await exported(await causal("llama"), { dtype: "q8_0" });
    const again = await exported(ggufSource(bytesSource(first, "x.gguf")));
    expect(again).toEqual(first);
  });
});

describe("quantising while loading", () => {
  test("a safetensors checkpoint becomes what the exported file holds", async () => {
    const options = { dtype: "q4_0", embeddingDType: "q8_0" } as const;
    const files = await causal("helium");
    const input = { inputIds: [ids] };
    using loaded = await loadModel("causal-lm", files, { backend, ...options });
    expect(loaded.loadReport.fallbacks).toEqual(
      [0, 1, 2].map((l) => ({ path: `model.layers.${l}.mlp.down_proj.weight`, wanted: "q4_0", used: "bf16" })),
    );
    const file = ggufSource(bytesSource(await exported(files, options), "x.gguf"));
    using read = await loadModel("causal-lm", file, { backend });
    const [a, b] = [loaded.forward(input).logits, read.forward(input).logits];
    expect(await a.toArray()).toEqual(await b.toArray());
    a.dispose();
    b.dispose();
    const strict = loadModel("causal-lm", files, { backend, ...options, strictDtype: true });
    await expect(strict).rejects.toThrow(/^q4_0: rows of 48 weights .* use bf16/);
  });
});

/** A file with other metadata or further tensors. */
async function rewritten(
  bytes: Uint8Array,
  changes: {
    readonly metadata?: Readonly<Record<string, GgufScalar | null>>;
    readonly tensors?: readonly GgufTensorToWrite[];
    readonly without?: string;
  },
): Promise<Uint8Array> {
  const file = await GgufFile.open(bytesSource(bytes, "x.gguf"));
  const metadata = new Map<string, GgufScalar>();
  for (const key of file.metadata.keys()) metadata.set(key, file.metadata.get(key) as GgufScalar);
  for (const [key, value] of Object.entries(changes.metadata ?? {})) {
    if (value === null) metadata.delete(key);
    else metadata.set(key, value);
  }
  const tensors = file
    .names()
    .filter((name) => name !== changes.without)
    .map((name) => ({
      name,
      dtype: file.info(name).dtype as GgufTensorToWrite["dtype"],
      shape: file.info(name).shape,
      bytes: () => file.readBytes(name),
    }));
  const chunks: Uint8Array[] = [];
  await writeGguf(metadata, [...tensors, ...(changes.tensors ?? [])], async (chunk) => void chunks.push(chunk.slice()));
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

describe("models that would compute something else are refused", () => {
  let llama: Uint8Array;
  beforeAll(async () => {
    llama = await exported(await causal("llama"));
  });
  const one = new Uint8Array(Float32Array.of(1).buffer);
  const u32 = (value: number): GgufScalar => ({ type: "u32", value });
  const text = (value: string): GgufScalar => ({ type: "string", value });

  test.each<[string, RegExp, Parameters<typeof rewritten>[1]]>([
    [
      "an unknown architecture",
      /has the unsupported architecture "mamba"; expected one of llama, qwen2/,
      { metadata: { "general.architecture": text("mamba") } },
    ],
    [
      "a prototype's name",
      /has the unsupported architecture "constructor"/,
      { metadata: { "general.architecture": text("constructor") } },
    ],
    ["no architecture", /has no general.architecture/, { metadata: { "general.architecture": null } }],
    ["an architecture of the wrong type", /expected a string/, { metadata: { "general.architecture": u32(1) } }],
    ["experts", /mixture of 8 experts/, { metadata: { "llama.expert_count": u32(8) } }],
    ["missing sizes", /has no llama.block_count/, { metadata: { "llama.block_count": null } }],
    [
      "values of another width",
      /keys of 16 and values of 32/,
      { metadata: { "llama.attention.value_length": u32(32) } },
    ],
    [
      "an unknown scaling",
      /by "mrope"; expected none, linear, yarn/,
      { metadata: { "llama.rope.scaling.type": text("mrope") } },
    ],
    ["heads that do not divide", /num_key_value_heads/, { metadata: { "llama.attention.head_count_kv": u32(3) } }],
    [
      "absurd layers",
      /says it has 2147483648 layers, but has no blk.2147483647.attn_output/,
      { metadata: { "llama.block_count": u32(2 ** 31) } },
    ],
    [
      "another width",
      /has shape \[97, 32\], but the model expects \[97, 64\]/,
      { metadata: { "llama.embedding_length": u32(64) } },
    ],
    [
      "a tensor without a place",
      /holds tensor "blk.0.attn_sinks.weight"/,
      { tensors: [{ name: "blk.0.attn_sinks.weight", dtype: "f32", shape: [1], bytes: one }] },
    ],
    [
      "a stray output bias",
      /bias on attn_output, but none on q/,
      { tensors: [{ name: "blk.0.attn_output.bias", dtype: "f32", shape: [1], bytes: one }] },
    ],
    [
      "factors of another length",
      /is f32 \[1\]; expected f32 \[8\]/,
      { tensors: [{ name: "rope_freqs.weight", dtype: "f32", shape: [1], bytes: one }] },
    ],
    ["no embedding", /has no matrix "token_embd.weight"/, { without: "token_embd.weight" }],
    ["a missing tensor", /is missing from the checkpoint/, { without: "blk.1.ffn_up.weight" }],
  ])("%s", async (_, message, changes) => {
    const files = ggufSource(bytesSource(await rewritten(llama, changes), "x.gguf"));
    await expect(loadModel("causal-lm", files, { backend })).rejects.toThrow(message);
    expect(backend.memory().handles).toBe(0);
  });

  test("what old converters left behind is let be", async () => {
    const bytes = await rewritten(llama, {
      tensors: [{ name: "blk.0.attn_rot_embd", dtype: "f32", shape: [1], bytes: one }],
    });
    expect(await logitsOf(ggufSource(bytesSource(bytes, "x.gguf")))).toEqual(
      await logitsOf(ggufSource(bytesSource(llama, "x.gguf"))),
    );
  });

  test("families without an architecture, and checkpoints without a head, are not written", async () => {
    const files = await causal("llama");
    const reader = await files.openWeights();
    const partial = { ...reader, has: (path: string) => path !== "lm_head.weight" && reader.has(path) };
    await expect(exportGguf(await loadConfig(files), partial)).rejects.toThrow(/lm_head.weight: is missing/);
    await reader.close();
  });
});
