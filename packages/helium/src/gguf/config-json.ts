import { GgufError } from "@helium-lm/nn";
import type { JsonObject } from "../config/index.ts";
import { classNameOf, familyOf } from "../families/index.ts";
import { ggufArchitectures, type GgufArchitecture } from "./architectures.ts";
import { GgufHyperparameters, type GgufView } from "./hyperparameters.ts";
import { ropeScaling } from "./rope-scaling.ts";

/** The architecture of a model. @throws GgufError that lists the known ones */
export function architectureIn(hparams: GgufHyperparameters): GgufArchitecture {
  const { architecture, reader } = hparams;
  if (Object.hasOwn(ggufArchitectures, architecture)) {
    const found = ggufArchitectures[architecture];
    if (found) return found;
  }
  throw new GgufError(
    reader.name,
    `has the unsupported architecture ${JSON.stringify(architecture.slice(0, 60))}; expected one of ${Object.keys(ggufArchitectures).join(", ")}`,
    { given: architecture, known: Object.keys(ggufArchitectures) },
  );
}

/**
 * The config.json of a GGUF model, in Hugging Face's spelling: sizes from the metadata, the vocabulary from the
 * embedding's rows, biases and tying from which tensors there are.
 *
 * `rope_interleave` is set where the file pairs rotated dimensions otherwise than the family's own checkpoints.
 *
 * @throws GgufError for an architecture that is not known, a model with experts, or metadata that is missing
 */
export async function ggufConfig(reader: GgufView): Promise<JsonObject> {
  const hparams = new GgufHyperparameters(reader);
  const architecture = architectureIn(hparams);
  refuseWhatNoConfigSays(hparams);
  const modelType =
    typeof architecture.modelType === "string" ? architecture.modelType : architecture.modelType(hparams);
  const family = familyOf(modelType);
  if (family === undefined) throw new GgufError(reader.name, `needs the family ${modelType}, which is not registered`);
  const headDim = hparams.headDim;
  const rotaryDim = hparams.number("rope.dimension_count") ?? headDim;
  const eps = hparams.number("attention.layer_norm_rms_epsilon");
  return {
    model_type: modelType,
    architectures: [classNameOf(family, "ForCausalLM")],
    vocab_size: vocabulary(hparams),
    hidden_size: hparams.hiddenSize,
    intermediate_size: hparams.required("feed_forward_length"),
    num_hidden_layers: hparams.layers,
    num_attention_heads: hparams.heads,
    num_key_value_heads: hparams.number("attention.head_count_kv") ?? hparams.heads,
    head_dim: headDim,
    max_position_embeddings: hparams.required("context_length"),
    ...(eps !== undefined && { rms_norm_eps: eps }),
    rope_theta: hparams.number("rope.freq_base") ?? 10_000,
    rope_scaling: await ropeScaling(hparams, rotaryDim),
    ...(rotaryDim !== headDim && { partial_rotary_factor: rotaryDim / headDim }),
    ...(architecture.pairing !== family.traits.ropePairing && {
      rope_interleave: architecture.pairing === "interleaved",
    }),
    tie_word_embeddings: !reader.has("output.weight"),
    ...specialTokens(hparams),
    ...architecture.fields?.(hparams),
  };
}

/** Rows of the embedding; the metadata may count the tokenizer's without those that pad the matrix. */
function vocabulary({ reader }: GgufHyperparameters): number {
  const [rows, width] = reader.has("token_embd.weight") ? reader.info("token_embd.weight").shape : [];
  if (rows !== undefined && width !== undefined) return rows;
  throw new GgufError(
    reader.name,
    'has no matrix "token_embd.weight"; it is not a language model, or only a part of one',
  );
}

function specialTokens({ reader: { metadata } }: GgufHyperparameters): JsonObject {
  const id = (name: string): number | undefined => metadata.number(`tokenizer.ggml.${name}_token_id`);
  const [eos, eot] = [id("eos"), id("eot")];
  const ends = [...new Set([eos, eot].filter((token) => token !== undefined))];
  return {
    bos_token_id: id("bos") ?? null,
    eos_token_id: ends.length > 1 ? ends : (ends[0] ?? null),
    pad_token_id: id("padding") ?? null,
  };
}

/** Models that would load and compute something else. */
function refuseWhatNoConfigSays(hparams: GgufHyperparameters): void {
  const fail = (reason: string): never => {
    throw new GgufError(hparams.reader.name, `${reason}; such models are not supported`);
  };
  const experts = hparams.number("expert_count") ?? 0;
  if (experts > 0) fail(`is a mixture of ${experts} experts`);
  const valueLength = hparams.number("attention.value_length") ?? hparams.headDim;
  if (valueLength !== hparams.headDim) fail(`has keys of ${hparams.headDim} and values of ${valueLength} dimensions`);
  // Everything per layer is made from this number, so it must be true before anything is.
  if (!hparams.has(`blk.${hparams.layers - 1}.attn_output.weight`))
    fail(`says it has ${hparams.layers} layers, but has no blk.${hparams.layers - 1}.attn_output.weight`);
  if (hparams.hasOutBias && !hparams.hasQkvBias) fail("has a bias on attn_output, but none on q, k and v");
}
