import type { ModelForCausalLM, Tokenizer } from "@helium-lm/helium";
import { bodyOf, type ToyChoice } from "./toy-endpoint.ts";
import type { Reply, SeenRequest } from "./test-server.ts";

/**
 * A model behind the paths of a server, its log-probabilities by one `forward` over each prompt and a softmax in f64. It writes
 * on without looking at stop strings, as some servers do.
 */
export function modelReply(model: ModelForCausalLM, tokenizer: Tokenizer): (request: SeenRequest) => Promise<Reply> {
  return async (request) => {
    if (request.path === "/tokenizer_info")
      return { json: { bos_token: tokenizer.bosToken, eos_token: tokenizer.eosToken } };
    if (request.path === "/tokenize") {
      const { prompt } = JSON.parse(request.text) as { readonly prompt: string };
      return { json: { tokens: tokenizer.encode(prompt, { addSpecialTokens: false }) } };
    }
    const { prompt, echo, max_tokens } = bodyOf(request);
    const choices: Partial<ToyChoice>[] = [];
    for (const [index, ids] of prompt.entries())
      choices.push(
        echo === true
          ? await echoed(model, tokenizer, ids, index)
          : await written(model, tokenizer, ids, index, max_tokens),
      );
    return { json: { choices } };
  };
}

async function echoed(
  model: ModelForCausalLM,
  tokenizer: Tokenizer,
  ids: readonly number[],
  index: number,
): Promise<ToyChoice> {
  const { logits } = model.forward({ inputIds: [[...ids]] });
  const [rows = []] = (await logits.toArray()) as number[][][];
  logits.dispose();
  const logprobs = rows.map((row) => {
    const highest = row.reduce((high, x) => Math.max(high, x), -Infinity);
    const sum = row.reduce((total, x) => total + Math.exp(x - highest), 0);
    return row.map((x) => x - highest - Math.log(sum));
  });
  const last = logprobs.at(-1) ?? [];
  const all = [...ids, last.indexOf(Math.max(...last))];
  const own = all.map((id, t) => (t === 0 ? null : (logprobs[t - 1]?.[id] ?? NaN)));
  return {
    index,
    text: tokenizer.decode(all),
    logprobs: {
      tokens: all.map((id) => tokenizer.decode([id])),
      token_logprobs: own,
      top_logprobs: own.map((value, t) =>
        value === null ? null : { "the likeliest": Math.max(...(logprobs[t - 1] ?? [])), "the given": value },
      ),
    },
  };
}

async function written(
  model: ModelForCausalLM,
  tokenizer: Tokenizer,
  ids: readonly number[],
  index: number,
  maxNewTokens: number,
): Promise<Pick<ToyChoice, "index" | "text">> {
  const { sequences } = await model.generate({ inputIds: [[...ids]], maxNewTokens, doSample: false });
  const decode = (tokens: readonly number[]): string => tokenizer.decode(tokens, { skipSpecialTokens: true });
  return { index, text: decode(sequences[0] ?? []).slice(decode(ids).length) };
}
