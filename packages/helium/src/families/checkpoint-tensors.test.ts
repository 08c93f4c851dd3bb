import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DecoderConfig } from "../config/index.ts";
import { checkpointTensors } from "../testing/checkpoint-tensors.ts";
import { resolveArchitecture } from "../heads/architectures.ts";
import type { HeadName } from "../heads/index.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;

/** Name → shape of the tensors that the traits ask for. */
const tensorsOf = (config: DecoderConfig, head: HeadName): Shapes =>
  Object.fromEntries(checkpointTensors(config, head).map(({ name, shape }) => [name, shape]));

const count = (shapes: Shapes): number =>
  Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);

/** Name → shape from the headers of a folder's safetensors files. */
function headersOf(folder: URL): Shapes {
  const shapes: Record<string, readonly number[]> = {};
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".safetensors"))) {
    const file = openSync(new URL(name, folder), "r");
    const length = Buffer.alloc(8);
    readSync(file, length, 0, 8, 0);
    const header = Buffer.alloc(Number(length.readBigUInt64LE()));
    readSync(file, header, 0, header.length, 8);
    closeSync(file);
    const entries = JSON.parse(header.toString()) as Record<string, { shape: readonly number[] }>;
    for (const [tensor, { shape }] of Object.entries(entries)) {
      if (tensor !== "__metadata__") shapes[tensor] = shape;
    }
  }
  return shapes;
}

const root = new URL("../../../../", import.meta.url);
const folders = [
  ...readdirSync(new URL("fixtures/models/", root), { recursive: true, encoding: "utf8" })
    .filter((name) => /(^|\/)config\.json$/.test(name))
    .map((name) => `fixtures/models/${name.replace(/config\.json$/, "")}`),
  ...["helium-nano", "helium-nano-langid", "helium-nano-codeswitch"].map((name) => `models/${name}/`),
];

describe("tensor names and shapes that the traits ask for", () => {
  it.each(folders)("are those of %s", (name) => {
    const folder = new URL(name, root);
    const config = DecoderConfig.fromJSON(readFileSync(new URL("config.json", folder), "utf8"));
    const architecture = resolveArchitecture(config.architectures?.[0] ?? "");
    expect(architecture?.family.modelType).toBe(config.modelType);
    expect(tensorsOf(config, architecture!.head)).toEqual(headersOf(folder));
  });
});

/** Sizes as published, parameter counts as the hub shows them. */
const published: readonly [string, number, Readonly<Record<string, unknown>>][] = [
  ["helium-1-preview-2b", 2_172_643_840, { model_type: "helium" }],
  [
    "SmolLM2-135M",
    134_515_008,
    {
      model_type: "llama",
      hidden_size: 576,
      intermediate_size: 1536,
      num_hidden_layers: 30,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      vocab_size: 49_152,
      tie_word_embeddings: true,
    },
  ],
  [
    "Llama-3.2-1B",
    1_235_814_400,
    {
      model_type: "llama",
      hidden_size: 2048,
      intermediate_size: 8192,
      num_hidden_layers: 16,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 64,
      vocab_size: 128_256,
      tie_word_embeddings: true,
    },
  ],
  [
    "Llama-3.2-3B",
    3_212_749_824,
    {
      model_type: "llama",
      hidden_size: 3072,
      intermediate_size: 8192,
      num_hidden_layers: 28,
      num_attention_heads: 24,
      num_key_value_heads: 8,
      head_dim: 128,
      vocab_size: 128_256,
      tie_word_embeddings: true,
    },
  ],
  [
    "Qwen2.5-0.5B",
    494_032_768,
    {
      model_type: "qwen2",
      hidden_size: 896,
      intermediate_size: 4864,
      num_hidden_layers: 24,
      num_attention_heads: 14,
      num_key_value_heads: 2,
      vocab_size: 151_936,
      tie_word_embeddings: true,
    },
  ],
  [
    "Qwen3-0.6B",
    596_049_920,
    {
      model_type: "qwen3",
      hidden_size: 1024,
      intermediate_size: 3072,
      num_hidden_layers: 28,
      num_attention_heads: 16,
      num_key_value_heads: 8,
      vocab_size: 151_936,
      tie_word_embeddings: true,
    },
  ],
  ["Mistral-7B-v0.3", 7_248_023_552, { model_type: "mistral", vocab_size: 32_768 }],
  ["gemma-2-2b", 2_614_341_888, { model_type: "gemma2" }],
  [
    "gemma-3-1b",
    999_885_952,
    {
      model_type: "gemma3_text",
      hidden_size: 1152,
      intermediate_size: 6912,
      num_attention_heads: 4,
      num_key_value_heads: 1,
      vocab_size: 262_144,
    },
  ],
  [
    "gemma-3-270m",
    268_098_176,
    {
      model_type: "gemma3_text",
      hidden_size: 640,
      intermediate_size: 2048,
      num_hidden_layers: 18,
      num_attention_heads: 4,
      num_key_value_heads: 1,
      vocab_size: 262_144,
    },
  ],
  ["Phi-3-mini-4k", 3_821_079_552, { model_type: "phi3" }],
  ["OLMo-2-7B", 7_298_617_344, { model_type: "olmo2", vocab_size: 100_352 }],
  ["SmolLM3-3B", 3_075_098_624, { model_type: "smollm3" }],
  ["glm-4-9b-chat", 9_399_951_360, { model_type: "glm" }],
];

describe("parameter counts of published checkpoints", () => {
  it.each(published)("%s has %i", (_name, parameters, json) => {
    expect(count(tensorsOf(DecoderConfig.fromJSON(json), "causal-lm"))).toBe(parameters);
  });

  it("helium-1-preview-2b has 219 tensors", () => {
    expect(Object.keys(tensorsOf(new DecoderConfig(), "causal-lm"))).toHaveLength(219);
  });
});
