import type { EndpointTokenizer } from "../../src/scoring/endpoint-options.ts";
import type { Reply, SeenRequest } from "./test-server.ts";

/** A token for each character, its code point; 1 begins a text, 2 ends it. */
export const characterTokenizer: EndpointTokenizer = {
  bosToken: "<s>",
  bosTokenId: 1,
  eosToken: "</s>",
  eosTokenId: 2,
  encode: (text) => Array.from(text, (character) => character.codePointAt(0) ?? 0),
  decode: (ids) => ids.map((id) => (id > 2 ? String.fromCodePoint(id) : "")).join(""),
};

/** ln P that the toy model gives to a token behind another; a digit behind one lower is the likeliest. */
export const toyLogprob = (before: number, token: number): number =>
  token === before + 1 ? -0.125 : -1 - ((before * 31 + token * 17) % 64) / 16;

export interface CompletionBody {
  readonly model: string;
  readonly prompt: readonly (readonly number[])[];
  readonly max_tokens: number;
  readonly echo?: boolean;
  readonly logprobs?: number;
  readonly stop?: readonly string[];
}

export const bodyOf = ({ text }: SeenRequest): CompletionBody => JSON.parse(text) as CompletionBody;

export interface ToyChoice {
  index: number;
  text: string | null;
  logprobs: ToyLogprobs | null;
}

export interface ToyLogprobs {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[];
}

/** The choice for a prompt of a request for log-probabilities: of its tokens and the one generated behind them. */
export function toyChoice(prompt: readonly number[], index: number): ToyChoice {
  const ids = [...prompt, (prompt.at(-1) ?? 0) + 1];
  const given = ids.map((id, i) => (i === 0 ? null : toyLogprob(ids[i - 1] ?? 0, id)));
  return {
    index,
    text: characterTokenizer.decode(ids),
    logprobs: {
      tokens: ids.map((id) => characterTokenizer.decode([id])),
      token_logprobs: given,
      top_logprobs: given.map((value, i) =>
        value === null ? null : { [`token ${(ids[i - 1] ?? 0) + 1}`]: -0.125, [`token ${ids[i]}`]: value },
      ),
    },
  };
}

/** A toy model behind the paths of a server: what the requests of lm-evaluation-harness are answered by. */
export function toyReply(request: SeenRequest): Reply {
  if (request.path === "/tokenizer_info") return { json: { bos_token: { content: "<s>" }, eos_token: "</s>" } };
  if (request.path === "/tokenize") {
    const { prompt } = JSON.parse(request.text) as { readonly prompt: string };
    const special: Readonly<Record<string, number>> = { "<s>": 1, "</s>": 2 };
    const tokens = special[prompt] === undefined ? characterTokenizer.encode(prompt) : [special[prompt]];
    return { json: { tokens, count: tokens.length, max_model_len: 64 } };
  }
  if (request.path !== "/v1/completions") return { json: { detail: "Not Found" }, status: 404 };
  const { model, prompt } = bodyOf(request);
  // As batches that end in any order.
  return { json: { id: "cmpl-1", object: "text_completion", model, choices: prompt.map(toyChoice).reverse() } };
}

/** ln P of a continuation behind a context, both in characters, by the toy model. */
export function toyScore(context: readonly number[], continuation: readonly number[]): number {
  const ids = [...context, ...continuation];
  return continuation.reduce((sum, id, i) => sum + toyLogprob(ids[context.length + i - 1] ?? 0, id), 0);
}
