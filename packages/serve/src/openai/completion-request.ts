import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import type { CompletionRequest } from "../generation/completion.ts";
import { grammarFields, grammarOf } from "../generation/grammar-fields.ts";
import { newTokensOf } from "../generation/new-tokens.ts";
import { samplingFields, samplingOf, stopFields, stopsOf } from "../generation/sampling-fields.ts";
import type { RequestWork } from "../http/request-work.ts";
import { checkCommon, commonFields, MOST_LOGPROBS, saltOf } from "./common-fields.ts";
import { readPrompts, type Prompt } from "./read-prompts.ts";
import { refuseUnsupported } from "./unsupported-fields.ts";

/** New tokens of a text whose request does not say how many, as in OpenAI's API. */
const USUAL_TOKENS = 16;

/** Texts of one request, at most. */
const MOST_TEXTS = 1024;

/** Body of `/v1/completions`. */
export const completionBody = z
  .looseObject({
    ...commonFields,
    ...samplingFields,
    ...stopFields,
    ...grammarFields,
    prompt: z
      .unknown()
      .optional()
      .openapi({
        description: "A text, texts, the token ids of a text, or a list of these",
        oneOf: [
          { type: "string" },
          { type: "array", items: { type: "string" } },
          { type: "array", items: { type: "integer" } },
          { type: "array", items: { type: "array", items: { type: "integer" } } },
        ],
      }),
    suffix: z.string().nullish().openapi({ description: "The text behind a gap, for models that fill one" }),
    max_tokens: z
      .int()
      .min(0)
      .nullish()
      .openapi({ description: `Default ${USUAL_TOKENS}` }),
    echo: z.boolean().nullish().openapi({ description: "Begins each text with its prompt" }),
    logprobs: z.int().min(0).max(MOST_LOGPROBS).nullish(),
    best_of: z.int().min(1).nullish(),
    add_special_tokens: z.boolean().nullish(),
  })
  .openapi("CompletionRequest");

export type CompletionBody = z.infer<typeof completionBody>;

/** Texts to be written behind one prompt, with what is told of the prompt itself. */
export interface PromptJob {
  readonly prompt: Prompt;
  /** No new token is asked for: there is nothing but the prompt to tell of. */
  readonly isPromptOnly: boolean;
  readonly request: CompletionRequest;
}

/** All that a request asks for. */
export interface CompletionJob {
  readonly prompts: readonly PromptJob[];
  readonly n: number;
  readonly echo: boolean;
  /** Alternatives that are told of each token; null: nothing is told. */
  readonly logprobs: number | null;
  /** Alternatives that are told of each token of a prompt, in vLLM's form. */
  readonly promptLogprobs: number | null;
  readonly tokensAsIds: boolean;
  readonly returnTokenIds: boolean;
}

/** What a body asks of a model. @throws ApiError for whatever cannot be done */
export async function readCompletion(body: CompletionBody, work: RequestWork, keySalt: string): Promise<CompletionJob> {
  const { model, signal } = work;
  refuseUnsupported(body, "completions");
  const maxTokens = body.max_tokens ?? null;
  checkCommon(body, maxTokens ?? USUAL_TOKENS);
  const n = body.n ?? 1;
  if ((body.best_of ?? n) !== n)
    throw invalidRequest("best_of", `is ${body.best_of}, but only as many texts as n are written; leave it out`);
  const sampling = samplingOf(body, model);
  const grammar = grammarOf(body);
  const prompts = await readPrompts(model, body.prompt, {
    addSpecialTokens: body.add_special_tokens ?? true,
    suffix: body.suffix ?? null,
    signal,
  });
  if (prompts.length * n > MOST_TEXTS)
    throw invalidRequest(
      "prompt",
      `${prompts.length} prompts with n = ${n} make more than ${MOST_TEXTS} texts; send fewer at once`,
    );
  const stop = stopsOf(body.stop);
  const cacheSalt = saltOf(body, keySalt);
  const jobs = prompts.map((prompt): PromptJob => {
    const usual = Math.max(1, Math.min(USUAL_TOKENS, model.contextLength - prompt.ids.length));
    const request: CompletionRequest = {
      model,
      promptIds: prompt.ids,
      n,
      maxTokens: maxTokens ?? usual,
      sampling,
      stop,
      includeStop: body.include_stop_str_in_output ?? false,
      logprobs: body.logprobs ?? null,
      grammar,
      shownSpecialIds: (body.skip_special_tokens ?? true) ? new Set() : "all",
      cacheSalt,
      engineOptions: {},
    };
    newTokensOf({ ...request, maxTokens });
    return { prompt, request, isPromptOnly: maxTokens === 0 };
  });
  return {
    prompts: jobs,
    n,
    echo: body.echo ?? false,
    logprobs: body.logprobs ?? null,
    promptLogprobs: body.prompt_logprobs ?? null,
    tokensAsIds: body.return_tokens_as_token_ids ?? false,
    returnTokenIds: body.return_token_ids ?? false,
  };
}
