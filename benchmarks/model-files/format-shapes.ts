/** `config.json` of the shapes that stand for the sizes people download, with random weights. */
export const llama1b: Readonly<Record<string, unknown>> = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  vocab_size: 128_256,
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  max_position_embeddings: 8192,
  rope_theta: 500_000,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};

export const llama8b: Readonly<Record<string, unknown>> = {
  ...llama1b,
  hidden_size: 4096,
  intermediate_size: 14_336,
  num_hidden_layers: 32,
  head_dim: 128,
  tie_word_embeddings: false,
};

export const gemma270m: Readonly<Record<string, unknown>> = {
  architectures: ["Gemma3ForCausalLM"],
  model_type: "gemma3_text",
  vocab_size: 262_144,
  hidden_size: 640,
  intermediate_size: 2048,
  num_hidden_layers: 18,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  head_dim: 256,
  query_pre_attn_scalar: 256,
  sliding_window: 512,
  sliding_window_pattern: 6,
  rope_local_base_freq: 10_000,
  rope_theta: 1_000_000,
  max_position_embeddings: 32_768,
  rms_norm_eps: 1e-6,
};
