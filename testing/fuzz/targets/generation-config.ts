import { DecoderConfig } from "@helium-lm/helium";
import { generationConfigOf } from "@helium-lm/helium/loading/read-generation-config";
import { resolveGeneration } from "@helium-lm/helium/generation/options/resolve";
import { fixturePath } from "../../fixtures.ts";
import { jsonInputs, jsonOf, type FuzzTarget } from "./target.ts";

/** generation_config.json, from the file to the settings of a call. */
export function generationConfigTarget(): FuzzTarget {
  const config = DecoderConfig.fromJSON(jsonOf(fixturePath("models/llama/causal/config.json")) as object);
  const limits = { maxPositionEmbeddings: config.maxPositionEmbeddings, vocabSize: config.vocabSize };
  const documents = [
    {
      bos_token_id: 1,
      eos_token_id: [2, 3],
      pad_token_id: 0,
      do_sample: true,
      temperature: 0.6,
      top_p: 0.9,
      top_k: 20,
    },
    { max_length: 40, min_length: 2, num_beams: 4, length_penalty: 0.5, early_stopping: true, no_repeat_ngram_size: 3 },
    {
      ...{ max_new_tokens: 5, repetition_penalty: 1.1, bad_words_ids: [[5, 6], [7]], sequence_bias: [[[4, 5], -2]] },
      ...{ suppress_tokens: [1, 2], begin_suppress_tokens: [3], forced_eos_token_id: 2, typical_p: 0.9, min_p: 0.05 },
    },
    {
      ...{ exponential_decay_length_penalty: [3, 1.5], guidance_scale: 1.5, epsilon_cutoff: 1e-3, eta_cutoff: 1e-3 },
      ...{ watermarking_config: { bias: 2, context_width: 1, greenlist_ratio: 0.25, hashing_key: 15485863 } },
      ...{ num_return_sequences: 2, encoder_repetition_penalty: 1.2, transformers_version: "4.50.0", top_h: 0.4 },
    },
    { prompt_lookup_num_tokens: 3, max_matching_ngram_size: 2, use_cache: true, renormalize_logits: true, max_time: 1 },
  ];
  return {
    ...jsonInputs(documents),
    read: async (input) => {
      const files = {
        location: "x",
        readBytes: async () => input,
        openWeights: () => Promise.reject(new Error("not asked for")),
      };
      resolveGeneration({ inputIds: [[1, 2, 3]], seed: 1 }, await generationConfigOf(files, () => config), limits);
    },
  };
}
