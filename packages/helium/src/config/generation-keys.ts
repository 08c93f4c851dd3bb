/**
 * Keys of a generation config that old checkpoints keep in config.json. They are no part of the model: without a
 * generation_config.json they become generation defaults. `cache_implementation` is left out on purpose, since
 * published files name caches there that no longer exist.
 */
const floats = [
  "assistant_confidence_threshold",
  "diversity_penalty",
  "encoder_repetition_penalty",
  "epsilon_cutoff",
  "eta_cutoff",
  "guidance_scale",
  "length_penalty",
  "max_time",
  "min_p",
  "penalty_alpha",
  "repetition_penalty",
  "temperature",
  "top_h",
  "top_p",
  "typical_p",
] as const;

const others = [
  "assistant_early_exit",
  "assistant_ensemble_weight",
  "assistant_lookbehind",
  "bad_words_ids",
  "begin_suppress_tokens",
  "cache_config",
  "compile_config",
  "constraints",
  "continuous_batching_config",
  "disable_compile",
  "do_sample",
  "dola_layers",
  "early_stopping",
  "encoder_no_repeat_ngram_size",
  "exponential_decay_length_penalty",
  "force_words_ids",
  "forced_bos_token_id",
  "forced_eos_token_id",
  "is_assistant",
  "low_memory",
  "max_cache_len",
  "max_length",
  "max_matching_ngram_size",
  "max_new_tokens",
  "min_length",
  "min_new_tokens",
  "no_repeat_ngram_size",
  "num_assistant_tokens",
  "num_assistant_tokens_schedule",
  "num_beam_groups",
  "num_beams",
  "num_return_sequences",
  "output_logits",
  "output_scores",
  "prefill_chunk_size",
  "prompt_lookup_num_tokens",
  "remove_invalid_values",
  "renormalize_logits",
  "return_dict_in_generate",
  "sequence_bias",
  "speculation_type",
  "stop_strings",
  "suppress_tokens",
  "target_lookbehind",
  "token_healing",
  "top_k",
  "use_mtp",
  "watermarking_config",
] as const;

export const generationKeys: readonly string[] = [...floats, ...others];

const floatKeys: ReadonlySet<string> = new Set(floats);
const allKeys: ReadonlySet<string> = new Set(generationKeys);

export const isGenerationKey = (key: string): boolean => allKeys.has(key);

/** Whether the key's number is written with a point: `generate` in Python refuses `temperature: 1`. */
export const isGenerationFloat = (key: string): boolean => floatKeys.has(key);
