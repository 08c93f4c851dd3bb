import { z } from "@hono/zod-openapi";
import type { Usage } from "../generation/completion.ts";

/** What a request has cost, in OpenAI's words. */
export const usageSchema = z
  .object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
    prompt_tokens_details: z.object({
      cached_tokens: z.int().openapi({ description: "Tokens of the prompt that were known from an earlier request" }),
    }),
    completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
  })
  .openapi("CompletionUsage");

export type UsageBody = z.infer<typeof usageSchema>;

/** Usage as the API tells it. */
export const usageBody = ({ promptTokens, cachedTokens, completionTokens }: Usage, reasoningTokens = 0): UsageBody => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
  prompt_tokens_details: { cached_tokens: cachedTokens },
  completion_tokens_details: { reasoning_tokens: reasoningTokens },
});
