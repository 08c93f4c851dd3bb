import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import { samplingFields, samplingOf } from "../generation/sampling-fields.ts";
import type { SamplingParameters } from "../generation/sampling-parameters.ts";
import type { ServedModel } from "../models/served-model.ts";

const { temperature, top_k, top_p, min_p, seed, presence_penalty, frequency_penalty } = samplingFields;

/** What a body's `options` say of the answer; those of how a machine computes are accepted without effect. */
export const ollamaOptions = z
  .looseObject({
    num_predict: z
      .int()
      .nullish()
      .openapi({ description: "Tokens to write at most; below 1: as many as there is room" }),
    num_ctx: z.int().min(1).nullish().openapi({ description: "Longest text, prompt and answer together" }),
    temperature,
    top_k,
    top_p,
    min_p,
    seed,
    stop: z.union([z.string(), z.array(z.string())], { error: "is to be a text or a list of texts" }).nullish(),
    repeat_penalty: z.number().gt(0).nullish(),
    repeat_last_n: z.int().min(-1).nullish(),
    presence_penalty,
    frequency_penalty,
    mirostat: z.number().nullish(),
    typical_p: z.number().nullish(),
    tfs_z: z.number().nullish(),
    penalize_newline: z.boolean().nullish(),
  })
  .openapi("OllamaOptions");

export type OllamaOptions = z.infer<typeof ollamaOptions>;

/** Options that are not enforced, with the value that asks for nothing. */
const neutral = { mirostat: 0, typical_p: 1, tfs_z: 1, penalize_newline: true } as const;

/** What options mean for an answer. */
export interface ReadOptions {
  readonly maxTokens: number | null;
  readonly contextLimit: number | null;
  readonly stop: readonly string[];
  readonly sampling: SamplingParameters;
}

/** @throws ApiError for options that would change the answer and cannot be enforced */
export function readOptions(given: OllamaOptions | null | undefined, model: ServedModel): ReadOptions {
  const options = given ?? {};
  for (const [name, value] of Object.entries(neutral)) {
    const asked = options[name];
    if (asked !== null && asked !== undefined && asked !== value)
      throw invalidRequest(`options.${name}`, `is ${JSON.stringify(asked)}, which is not known here; leave it out`, {
        code: "unsupported_parameter",
      });
  }
  const { num_predict: limit, num_ctx: contextLimit, stop, seed: drawn } = options;
  return {
    maxTokens: typeof limit === "number" && limit > 0 ? limit : null,
    contextLimit: contextLimit ?? null,
    stop: (typeof stop === "string" ? [stop] : (stop ?? [])).filter((text) => text !== ""),
    sampling: samplingOf(
      {
        temperature: options.temperature,
        top_k: options.top_k,
        top_p: options.top_p,
        min_p: options.min_p,
        presence_penalty: options.presence_penalty,
        frequency_penalty: options.frequency_penalty,
        repetition_penalty: repetitionPenalty(options),
        // −1: another text each time.
        seed: drawn === -1 ? null : drawn,
      },
      model,
    ),
  };
}

/** The penalty counts all tokens so far; a window of 0 tokens is none. */
function repetitionPenalty({ repeat_penalty: penalty, repeat_last_n: window }: OllamaOptions): number | null {
  if (window === 0) return 1;
  if ((penalty ?? 1) !== 1 && (window ?? -1) !== -1)
    throw invalidRequest(
      "options.repeat_last_n",
      `is ${window}, but repeat_penalty counts all tokens here; give −1, or leave it out`,
      { code: "unsupported_parameter" },
    );
  return penalty ?? null;
}
