import { z } from "@hono/zod-openapi";
import type { EngineToken } from "@helium-lm/helium";
import { alternatives, type TokenNames } from "./token-names.ts";

const rated = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.int()).nullable().openapi({ description: "Null for tokens that are no part of the text" }),
});

/** A token of an answer with how likely it was, and what else could have stood there. */
export const ratedToken = rated.extend({ top_logprobs: z.array(rated) });

export type RatedToken = z.infer<typeof ratedToken>;

/** @param count alternatives of each token */
export const ratedTokens = (tokens: readonly EngineToken[], count: number, names: TokenNames): RatedToken[] =>
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

/** The same without tokens that are no part of the text, such as the one that ends it. */
export const ratedTextTokens = (tokens: readonly EngineToken[], count: number, names: TokenNames): RatedToken[] =>
  ratedTokens(tokens, count, names).filter(({ bytes }) => bytes !== null);

const bytesOf = (names: TokenNames, id: number): number[] | null => {
  const bytes = names.bytesOf(id);
  return bytes && [...bytes];
};

const withoutId = ({ token, logprob, bytes }: z.infer<typeof rated>): z.infer<typeof rated> => ({
  token,
  logprob,
  bytes,
});
