import { z } from "@hono/zod-openapi";
import type { TokenScore } from "@helium-lm/helium";
import { alternatives, type TokenNames } from "../generation/token-names.ts";

/** Log-probabilities of a prompt as vLLM tells them: by the tokens' ids, with their ranks; null for the first token. */
export const promptLogprobsSchema = z
  .array(z.record(z.string(), z.object({ logprob: z.number(), rank: z.int(), decoded_token: z.string() })).nullable())
  .openapi("PromptLogprobs");

export type PromptLogprobs = z.infer<typeof promptLogprobsSchema>;

/** @param scores of all tokens but the first */
export function promptLogprobs(
  ids: readonly number[],
  scores: readonly TokenScore[],
  count: number,
  names: TokenNames,
): PromptLogprobs {
  return ids.map((id, place) => {
    const score = scores[place - 1];
    if (!score) return null;
    const told = alternatives(id, { ...score, top: score.top.slice(0, count) });
    return Object.fromEntries(
      told.map((one, likelier) => [
        String(one.id),
        { logprob: one.logprob, rank: one.id === id ? score.rank : likelier + 1, decoded_token: names.nameOf(one.id) },
      ]),
    );
  });
}
