import { z } from "@hono/zod-openapi";
import { ratedToken } from "../generation/rated-tokens.ts";

/** Log-probabilities of an answer's tokens. */
export const chatLogprobs = z
  .object({ content: z.array(ratedToken), refusal: z.null() })
  .openapi("ChatCompletionLogprobs");
