import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GgufMetadataToWrite, GgufTensorToWrite, TensorToWrite } from "@helium-lm/nn";
import { writeGgufFile, writeSafetensorsFile } from "@helium-lm/nn/io/node";
import { encodeBf16 } from "@helium-lm/tensor";
import { quantize } from "@helium-lm/tensor/quant";
import { modelsFolder } from "../peers/cache-folder.ts";
import { checkDisk } from "./check-disk.ts";
import { helium2b, syntheticTensors } from "./helium-2b-shape.ts";
import { minimalVocabulary } from "./minimal-vocabulary.ts";

export type SyntheticFormat = "bf16" | "q4_0" | "q8_0";

/** `general.file_type` of a GGUF whose matrices are all of one format. */
const fileTypes = { q4_0: 2, q8_0: 7 } as const;

const GIGABYTE = 1e9;
const sizes: Readonly<Record<SyntheticFormat, number>> = {
  bf16: 4.35 * GIGABYTE,
  q4_0: 1.23 * GIGABYTE,
  q8_0: 2.31 * GIGABYTE,
};

/**
 * The synthetic checkpoint in the cache, written if it is not there: a folder with `config.json` and
 * `model.safetensors` for bf16, else a GGUF file. The same weights in every format.
 *
 * @throws HeliumLmError when the disk is too full
 */
export async function syntheticHelium2b(format: SyntheticFormat): Promise<string> {
  const path = join(modelsFolder, format === "bf16" ? "helium-2b-bf16" : `helium-2b-${format}.gguf`);
  if (existsSync(format === "bf16" ? join(path, "model.safetensors") : path)) return path;
  mkdirSync(format === "bf16" ? path : modelsFolder, { recursive: true });
  checkDisk(modelsFolder, sizes[format]);
  console.log(`writing ${path} (${(sizes[format] / GIGABYTE).toFixed(1)} GB)`);
  if (format === "bf16") await writeFolder(path);
  else await writeGgufFile(path, metadata(format), ggufTensors(format));
  return path;
}

function* ggufTensors(format: "q4_0" | "q8_0"): Generator<GgufTensorToWrite> {
  for (const { gguf, shape, values } of syntheticTensors()) {
    const columns = shape.at(-1) ?? 1;
    if (shape.length === 1) yield { name: gguf, dtype: "f32", shape, bytes: () => bytesOf(values()) };
    else
      yield {
        name: gguf,
        dtype: format,
        shape,
        bytes: () => quantize(format, values(), columns, { method: "reference" }),
      };
  }
}

function metadata(format: "q4_0" | "q8_0"): GgufMetadataToWrite {
  const { layers, hidden, heads, headDim, ffn, context, ropeTheta, normEps, vocab } = helium2b;
  const u32 = (value: number) => ({ type: "u32", value }) as const;
  const f32 = (value: number) => ({ type: "f32", value }) as const;
  return new Map([
    ["general.architecture", { type: "string", value: "llama" } as const],
    ["general.name", { type: "string", value: "Helium 2B shape, random weights" } as const],
    ["general.file_type", u32(fileTypes[format])],
    ["general.quantization_version", u32(2)],
    ["llama.vocab_size", u32(vocab)],
    ["llama.context_length", u32(context)],
    ["llama.embedding_length", u32(hidden)],
    ["llama.block_count", u32(layers)],
    ["llama.feed_forward_length", u32(ffn)],
    ["llama.attention.head_count", u32(heads)],
    ["llama.attention.head_count_kv", u32(heads)],
    ["llama.attention.layer_norm_rms_epsilon", f32(normEps)],
    ["llama.rope.dimension_count", u32(headDim)],
    ["llama.rope.freq_base", f32(ropeTheta)],
    ...minimalVocabulary(vocab),
  ]);
}

async function writeFolder(folder: string): Promise<void> {
  const { layers, hidden, heads, headDim, ffn, context, ropeTheta, normEps, vocab } = helium2b;
  const config = {
    architectures: ["HeliumForCausalLM"],
    model_type: "helium",
    vocab_size: vocab,
    hidden_size: hidden,
    intermediate_size: ffn,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    head_dim: headDim,
    hidden_act: "silu",
    attention_bias: false,
    mlp_bias: false,
    max_position_embeddings: context,
    rope_theta: ropeTheta,
    rms_norm_eps: normEps,
    tie_word_embeddings: false,
    bos_token_id: 1,
    eos_token_id: 2,
    torch_dtype: "bfloat16",
  };
  writeFileSync(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  const tensors = [...syntheticTensors()].map(({ path, shape, values }): TensorToWrite => ({
    name: path,
    dtype: "bf16",
    shape,
    bytes: () => bytesOf(toBf16(values())),
  }));
  await writeSafetensorsFile(join(folder, "model.safetensors"), tensors);
}

/** A loop: `Uint16Array.from` would hold a large tensor as an array of numbers first. */
function toBf16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = encodeBf16(values[i] as number);
  return out;
}

function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
