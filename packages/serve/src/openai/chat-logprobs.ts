import { z } from "@hono/zod-openapi";
import type { EngineToken } from "@helium-lm/helium";
import { alternatives, type TokenNames } from "../generation/token-names.ts";

const rated = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.int()).nullable().openapi({ description: "Null for tokens that are no part of the text" }),
});

const content = z.array(rated.extend({ top_logprobs: z.array(rated) }));

/** Log-probabilities of an answer's tokens. */
export const chatLogprobs = z.object({ content, refusal: z.null() }).openapi("ChatCompletionLogprobs");

type Content = z.infer<typeof content>;

/** @param count alternatives of each token */
export const chatLogprobsOf = (tokens: readonly EngineToken[], count: number, names: TokenNames): Content =>
  tokens.flatMap(({ id, logprobs }) => {
    if (!logprobs) return [];
    const told = alternatives(id, logprobs).map((one) => ({
      id: one.id,
      token: names.nameOf(one.id),
      logprob: one.logprob,
      bytes: bytesOf(names, one.id),
    }));
    const own = told.find((one) => one.id === id);
    if (!own) return [];
    return [{ ...withoutId(own), top_logprobs: told.slice(0, count).map(withoutId) }];
  });

const bytesOf = (names: TokenNames, id: number): number[] | null => {
  const bytes = names.bytesOf(id);
  return bytes && [...bytes];
};

const withoutId = ({ token, logprob, bytes }: z.infer<typeof rated>): z.infer<typeof rated> => ({
  token,
  logprob,
  bytes,
});
