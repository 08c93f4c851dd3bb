import { invalidRequest } from "../errors.ts";

/** A field that asks for what is not done here. */
interface Unsupported {
  /** Values that ask for nothing, beside null. */
  readonly off: readonly unknown[];
  readonly mend: string;
}

const sampling = "is not supported; use temperature, top_p, top_k or min_p";
const leaveOut = "is not supported; leave it out";

/** Fields of OpenAI's, vLLM's and llama-server's APIs that would change the answer, so that they are not passed over. */
const unsupported: Readonly<Record<string, Unsupported>> = {
  use_beam_search: { off: [false], mend: "beam search is not served; use n with sampling" },
  length_penalty: { off: [1], mend: "is of beam search, which is not served; leave it out" },
  priority: { off: [0], mend: "requests are answered in the order in which they come; leave it out" },
  truncate_prompt_tokens: { off: [], mend: "prompts are never cut; shorten it, or leave this out" },
  allowed_token_ids: { off: [], mend: "is not supported; use logit_bias or structured_outputs" },
  bad_words: { off: [[]], mend: "is not supported; use logit_bias" },
  logits_processors: { off: [[]], mend: leaveOut },
  prompt_embeds: { off: [], mend: "prompts are texts or tokens; give one of these" },
  thinking_token_budget: { off: [], mend: leaveOut },
  repetition_detection: { off: [], mend: leaveOut },
  guided_whitespace_pattern: { off: [], mend: leaveOut },
  kv_transfer_params: { off: [], mend: leaveOut },
  vllm_xargs: { off: [{}], mend: leaveOut },
  n_predict: { off: [], mend: "is called max_tokens here" },
  n_probs: { off: [0], mend: "is called logprobs here" },
  repeat_penalty: { off: [1], mend: "is called repetition_penalty here" },
  typical_p: { off: [1], mend: sampling },
  tfs_z: { off: [1], mend: sampling },
  mirostat: { off: [0], mend: sampling },
  dynatemp_range: { off: [0], mend: sampling },
  dry_multiplier: { off: [0], mend: sampling },
  xtc_probability: { off: [0], mend: sampling },
  top_n_sigma: { off: [-1, 0], mend: sampling },
};

/** Those of chats alone. */
const ofChats: Readonly<Record<string, Unsupported>> = {
  audio: { off: [], mend: "answers are texts; leave it out" },
  modalities: { off: [["text"], []], mend: 'answers are texts; leave it out, or give ["text"]' },
  web_search_options: { off: [], mend: "nothing is searched; leave it out" },
  echo: { off: [false], mend: "is of /v1/completions; leave it out" },
  mm_processor_kwargs: { off: [{}], mend: "only texts are read; leave it out" },
  moderation: { off: [], mend: leaveOut },
};

/** @throws ApiError for the first field of a body that asks for what is not done */
export function refuseUnsupported(body: Readonly<Record<string, unknown>>, route: "chat" | "completions"): void {
  const table = route === "chat" ? { ...unsupported, ...ofChats } : unsupported;
  for (const [field, { off, mend }] of Object.entries(table)) {
    const given = body[field] ?? null;
    if (given === null || off.some((value) => JSON.stringify(value) === JSON.stringify(given))) continue;
    throw invalidRequest(field, mend, { code: "unsupported_parameter", details: { given } });
  }
}
