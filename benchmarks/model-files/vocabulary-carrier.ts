import type { GgufMetadataToWrite, GgufScalar, GgufTensorToWrite } from "@helium-lm/nn";
import { writeGgufFile } from "@helium-lm/nn/io/node";

const WIDTH = 32;

const u32 = (value: number): GgufScalar => ({ type: "u32", value });

/** The smallest llama model that llama.cpp loads around a tokenizer of `vocab` tokens; its weights are zero. */
export async function writeVocabularyCarrier(
  path: string,
  vocab: number,
  tokenizer: GgufMetadataToWrite,
): Promise<void> {
  const metadata: GgufMetadataToWrite = new Map([
    ["general.architecture", { type: "string", value: "llama" }],
    ["llama.context_length", u32(512)],
    ["llama.embedding_length", u32(WIDTH)],
    ["llama.block_count", u32(1)],
    ["llama.feed_forward_length", u32(WIDTH)],
    ["llama.attention.head_count", u32(1)],
    ["llama.rope.dimension_count", u32(WIDTH)],
    ["llama.attention.layer_norm_rms_epsilon", { type: "f32", value: 1e-5 }],
    ...tokenizer,
  ]);
  const tensor = (name: string, ...shape: number[]): GgufTensorToWrite => {
    const dtype = shape.length === 1 ? "f32" : "f16";
    const bytes = new Uint8Array(shape.reduce((size, n) => size * n, shape.length === 1 ? 4 : 2));
    return { name, dtype, shape, bytes };
  };
  const square = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
  await writeGgufFile(path, metadata, [
    tensor("token_embd.weight", vocab, WIDTH),
    tensor("output_norm.weight", WIDTH),
    tensor("blk.0.attn_norm.weight", WIDTH),
    tensor("blk.0.ffn_norm.weight", WIDTH),
    ...square.map((name) => tensor(`blk.0.${name}.weight`, WIDTH, WIDTH)),
  ]);
}
