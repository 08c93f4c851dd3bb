import { z } from "@hono/zod-openapi";
import type { GrammarSpec } from "@helium-lm/helium";
import { thinkingVariables } from "../chat/thinking-variables.ts";
import { invalidRequest } from "../errors.ts";
import { schemaSpec } from "../generation/grammar-fields.ts";
import { keepAliveField } from "./keep-alive.ts";
import { ollamaOptions } from "./options.ts";

/** Alternatives of each token, at most. */
const MOST_LOGPROBS = 20;

/** Fields that chats and single prompts have in common. */
export const commonFields = {
  model: z.string().nullish(),
  stream: z.boolean().nullish().openapi({ description: "Lines of JSON as they come; default true" }),
  format: z
    .union([z.literal(["json", ""]), z.record(z.string(), z.unknown())], { error: 'is to be "json" or a JSON Schema' })
    .nullish(),
  options: ollamaOptions.nullish(),
  think: z
    .union([z.boolean(), z.enum(["low", "medium", "high"])], {
      error: 'is to be true, false, "low", "medium" or "high"',
    })
    .nullish(),
  keep_alive: keepAliveField,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(MOST_LOGPROBS).nullish(),
} as const;

type Common = { readonly [Key in keyof typeof commonFields]?: z.infer<(typeof commonFields)[Key]> };

/** What an answer has to be. */
export const readFormat = (format: Common["format"]): GrammarSpec | null => {
  if (!format) return null;
  return schemaSpec("format", format === "json" ? { type: "object" } : format);
};

/** Variables of the template by `think`. */
export const readThink = (think: Common["think"]): Readonly<Record<string, unknown>> =>
  typeof think === "string" ? thinkingVariables(true, think) : thinkingVariables(think ?? null);

/** Alternatives of each token; null: no log-probabilities. */
export const readLogprobs = ({ logprobs, top_logprobs: top }: Common): number | null =>
  logprobs === true || (top ?? 0) > 0 ? (top ?? 0) : null;

/** @throws ApiError for pictures */
export function refuseImages(images: readonly unknown[] | null | undefined, field: string): void {
  if (images && images.length > 0)
    throw invalidRequest(field, "are given, but this model reads text only; leave them out");
}
