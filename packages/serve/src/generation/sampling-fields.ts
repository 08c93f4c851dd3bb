import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";

/** Strings that end a text, at most; each is looked for with every token. */
const MOST_STOPS = 128;

/** A number within limits, or null, which says no more than leaving it out. */
const within = (least: number, most: number): z.ZodOptional<z.ZodNullable<z.ZodNumber>> =>
  z.number().min(least).max(most).nullish();

/** Fields of a body that say how tokens are drawn, in the words of OpenAI's API and vLLM's additions to it. */
export const samplingFields = {
  temperature: within(0, 1000).openapi({ description: "0: the likeliest token; default: the model's own, else 1" }),
  top_p: within(0, 1),
  top_k: z.int().min(-1).nullish().openapi({ description: "0 or −1: all tokens" }),
  min_p: within(0, 1),
  presence_penalty: within(-2, 2),
  frequency_penalty: within(-2, 2),
  repetition_penalty: z.number().gt(0).nullish(),
  seed: z.number().refine(Number.isInteger, "expected a whole number").nullish(),
  logit_bias: z
    .record(z.string(), z.number().min(-100).max(100))
    .nullish()
    .openapi({ description: "What is added to the logits of tokens, by their ids" }),
  min_tokens: z.int().min(0).nullish(),
  stop_token_ids: z.array(z.int().min(0)).nullish(),
  ignore_eos: z.boolean().nullish(),
} as const;

/** Fields of a body that say where a text ends. */
export const stopFields = {
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).max(MOST_STOPS)], {
      error: `expected a text, or up to ${MOST_STOPS} of them, none of them empty`,
    })
    .nullish(),
  include_stop_str_in_output: z.boolean().nullish(),
} as const;

/** What a body may say of sampling. */
type SamplingBody = { readonly [Key in keyof typeof samplingFields]?: z.infer<(typeof samplingFields)[Key]> };

/** The parameters of a body. @throws ApiError for tokens that the model does not have */
export function samplingOf(body: SamplingBody, { config }: Pick<ServedModel, "config">): SamplingParameters {
  const noId = Object.keys(body.logit_bias ?? {}).find((key) => !/^\d+$/.test(key));
  if (noId !== undefined) throw invalidRequest("logit_bias", `has the key "${noId}"; expected ids of tokens`);
  const logitBias = new Map(Object.entries(body.logit_bias ?? {}).map(([id, bias]) => [Number(id), bias] as const));
  const stopTokenIds = body.stop_token_ids ?? [];
  checkTokens("logit_bias", [...logitBias.keys()], config.vocabSize);
  checkTokens("stop_token_ids", stopTokenIds, config.vocabSize);
  return {
    temperature: body.temperature ?? null,
    topP: body.top_p ?? null,
    topK: body.top_k ?? null,
    minP: body.min_p ?? null,
    presencePenalty: body.presence_penalty ?? 0,
    frequencyPenalty: body.frequency_penalty ?? 0,
    repetitionPenalty: body.repetition_penalty ?? null,
    // Seeds of 64 bits come as the nearest number; each has one in the range of the sampler.
    seed: typeof body.seed === "number" ? body.seed % 2 ** 52 : null,
    logitBias,
    minTokens: body.min_tokens ?? 0,
    stopTokenIds,
    ignoreEos: body.ignore_eos ?? false,
  };
}

/** The strings that end a text. */
export const stopsOf = (stop: string | readonly string[] | null | undefined): readonly string[] =>
  typeof stop === "string" ? [stop] : (stop ?? []);

/** @throws ApiError for an id outside the vocabulary */
export function checkTokens(field: string, ids: readonly number[], vocabSize: number): void {
  const odd = ids.find((id) => id >= vocabSize || id < 0);
  if (odd !== undefined)
    throw invalidRequest(field, `has the token ${odd}, but the vocabulary ends at ${vocabSize - 1}; leave it out`, {
      details: { given: odd, vocabSize },
    });
}
