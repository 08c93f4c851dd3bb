import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";

/** Texts for one prompt, at most. */
export const MOST_CHOICES = 128;

/** Alternatives that are told of each token, at most. */
export const MOST_LOGPROBS = 20;

/** Fields that both routes have, beside those of sampling and grammars. */
export const commonFields = {
  model: z.string().nullish().openapi({ description: "Default: the first model of the server" }),
  stream: z.boolean().nullish(),
  stream_options: z
    .looseObject({
      include_usage: z.boolean().nullish().openapi({ description: "A last chunk tells what the request has cost" }),
      continuous_usage_stats: z.boolean().nullish().openapi({ description: "Every chunk does" }),
    })
    .nullish(),
  n: z.int().min(1).max(MOST_CHOICES).nullish(),
  user: z.string().nullish(),
  cache_salt: z
    .string()
    .min(1)
    .nullish()
    .openapi({ description: "Starts of texts are shared by requests of one salt only" }),
  skip_special_tokens: z.boolean().nullish(),
  return_tokens_as_token_ids: z.boolean().nullish(),
  return_token_ids: z.boolean().nullish().openapi({ description: "With the ids of prompt and text" }),
  prompt_logprobs: z
    .int()
    .min(0)
    .max(MOST_LOGPROBS)
    .nullish()
    .openapi({ description: "Log-probabilities of the prompt's tokens, and of so many in their places" }),
} as const;

type CommonBody = { readonly [Key in keyof typeof commonFields]?: z.infer<(typeof commonFields)[Key]> };

/** How a streamed answer tells what it costs. */
export interface UsageTelling {
  readonly atEnd: boolean;
  readonly always: boolean;
}

/** @throws ApiError for fields of a body that do not go together */
export function checkCommon(
  body: CommonBody & { readonly min_tokens?: number | null | undefined },
  maxTokens: number | null,
): void {
  if (body.stream_options && body.stream !== true)
    throw invalidRequest("stream_options", "is only for streams; set stream: true, or leave it out");
  if (body.stream === true && typeof body.prompt_logprobs === "number")
    throw invalidRequest("prompt_logprobs", "is only for answers in one piece; set stream: false, or leave it out");
  const { min_tokens: minTokens } = body;
  if (maxTokens !== null && (minTokens ?? 0) > maxTokens)
    throw invalidRequest("min_tokens", `is ${minTokens}, more than the ${maxTokens} of max_tokens; lower it`, {
      details: { minTokens, maxTokens },
    });
}

export function usageTelling({ stream_options: options }: CommonBody): UsageTelling {
  const atEnd = options?.include_usage ?? false;
  return { atEnd, always: atEnd && (options?.continuous_usage_stats ?? false) };
}

/** The salt of a request within that of its key. */
export const saltOf = ({ cache_salt: own }: CommonBody, ofKey: string): string => (own ? `${ofKey}\n${own}` : ofKey);
