import type { ActivationName } from "@helium-lm/tensor";
import type { CamelCase } from "../camel-case.ts";
import type { JsonObject } from "./json-value.ts";

/** Element types a checkpoint can be stored in, by the names configs use. */
export type ConfigDType = "float64" | "float32" | "float16" | "bfloat16";

export type LayerType = "full_attention" | "sliding_attention";

/** What a value may be; a trailing `?` admits null. `count` is a whole number ≥ 1, `natural` one ≥ 0. */
interface KindTypes {
  count: number;
  natural: number;
  /** Number of layers: a count with a bound, since per-layer lists are made from it. */
  layers: number;
  /** Written with a point, as are the next two. */
  positive: number;
  number: number;
  /** In [0, 1]. */
  fraction: number;
  flag: boolean;
  text: string;
  texts: readonly string[];
  activation: ActivationName;
  dtype: ConfigDType;
  token: number;
  tokens: number | readonly number[];
  layerTypes: readonly LayerType[];
  /** 0 or 1 per layer. */
  layerFlags: readonly number[];
  object: JsonObject;
}

export type Kind = keyof KindTypes;
export type FieldKind = Kind | `${Kind}?`;

type ValueOf<K extends FieldKind> = K extends `${infer Base extends Kind}?`
  ? KindTypes[Base] | null
  : K extends Kind
    ? KindTypes[K]
    : never;

/** Keys that every family has, each with its own default. */
export const sharedKinds = {
  vocab_size: "count",
  hidden_size: "count",
  intermediate_size: "count",
  num_hidden_layers: "layers",
  num_attention_heads: "count",
  num_key_value_heads: "count",
  head_dim: "count",
  max_position_embeddings: "count",
  attention_dropout: "fraction",
  initializer_range: "number",
  use_cache: "flag",
  tie_word_embeddings: "flag",
  pad_token_id: "token?",
  bos_token_id: "token?",
  eos_token_id: "tokens?",
} as const satisfies Record<string, FieldKind>;

/** Keys that some families have. */
export const specificKinds = {
  attention_bias: "flag",
  attention_multiplier: "number",
  attn_logit_softcapping: "positive?",
  embd_pdrop: "fraction",
  embedding_multiplier: "number",
  final_logit_softcapping: "positive?",
  hidden_act: "activation",
  hidden_activation: "activation",
  layer_norm_eps: "positive",
  layer_types: "layerTypes",
  logit_scale: "number",
  logits_scaling: "positive",
  max_window_layers: "natural",
  mlp_bias: "flag",
  no_rope_layer_interval: "count",
  no_rope_layers: "layerFlags",
  pretraining_tp: "count",
  query_pre_attn_scalar: "count",
  resid_pdrop: "fraction",
  residual_multiplier: "number",
  rms_norm_eps: "positive",
  sliding_window: "count?",
  sliding_window_pattern: "count",
  use_bidirectional_attention: "flag?",
  use_qk_norm: "flag",
  use_sliding_window: "flag",
} as const satisfies Record<string, FieldKind>;

/** Keys of the base class; they have one default for all families and are written only where they differ from it. */
export const baseKinds = {
  architectures: "texts?",
  chunk_size_feed_forward: "natural",
  classifier_dropout: "fraction?",
  decoder_start_token_id: "token?",
  dtype: "dtype?",
  finetuning_task: "text?",
  hidden_dropout: "fraction?",
  is_decoder: "flag",
  is_encoder_decoder: "flag",
  original_max_position_embeddings: "count?",
  output_attentions: "flag",
  output_hidden_states: "flag",
  prefix: "text?",
  problem_type: "text?",
  return_dict: "flag",
  /** Pairing of the rotated dimensions, where a checkpoint differs from its family (DeepSeek's key; set for GGUF files). */
  rope_interleave: "flag?",
  sep_token_id: "token?",
  task_specific_params: "object?",
  token_classification_bias: "flag",
  tokenizer_class: "text?",
  transformers_version: "text?",
} as const satisfies Record<string, FieldKind>;

type BaseValues = { readonly [K in keyof typeof baseKinds]: ValueOf<(typeof baseKinds)[K]> };

/** Defaults of the base class, transformers 5.23. */
export const baseDefaults: BaseValues = {
  architectures: null,
  chunk_size_feed_forward: 0,
  classifier_dropout: null,
  decoder_start_token_id: null,
  dtype: null,
  finetuning_task: null,
  hidden_dropout: null,
  is_decoder: false,
  is_encoder_decoder: false,
  original_max_position_embeddings: null,
  output_attentions: false,
  output_hidden_states: false,
  prefix: null,
  problem_type: null,
  return_dict: true,
  rope_interleave: null,
  sep_token_id: null,
  task_specific_params: null,
  token_classification_bias: true,
  tokenizer_class: null,
  transformers_version: null,
};

type CamelCased<T extends Record<string, FieldKind>> = {
  readonly [K in keyof T & string as CamelCase<K>]: ValueOf<T[K]>;
};

/** Every known key, camel-cased; keys that a family lacks are undefined. */
export type ConfigFields = CamelCased<typeof sharedKinds> &
  CamelCased<typeof baseKinds> &
  Partial<CamelCased<typeof specificKinds>>;

type ByKey<T extends Record<string, FieldKind>> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** Values of a family's keys, by their JSON spelling. Reading a key that the family does not declare throws a ConfigError. */
export type FieldValues = ByKey<typeof sharedKinds> & ByKey<typeof specificKinds> & JsonObject;

const knownKinds: Readonly<Record<string, FieldKind>> = { ...sharedKinds, ...specificKinds, ...baseKinds };

/** The kind of a known key, else undefined. */
export const kindOf = (key: string): FieldKind | undefined =>
  Object.hasOwn(knownKinds, key) ? knownKinds[key] : undefined;

export const knownKeys: readonly string[] = Object.keys(knownKinds);
