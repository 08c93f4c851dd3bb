import { z } from "@hono/zod-openapi";
import { newId, unixSeconds } from "../http/new-id.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { UsageTelling } from "./common-fields.ts";
import { completionLogprobs, joinLogprobs, type CompletionLogprobs } from "./completion-logprobs.ts";
import type { CompletionJob } from "./completion-request.ts";
import type { CompletionTexts, TextPart } from "./completion-texts.ts";
import { promptLogprobsSchema } from "./prompt-logprobs.ts";
import { systemFingerprint } from "./system-fingerprint.ts";
import { usageBody, usageSchema } from "./usage.ts";

const choice = z
  .object({
    index: z.int(),
    text: z.string(),
    logprobs: completionLogprobs.nullable(),
    finish_reason: z.enum(["stop", "length"]).nullable(),
    stop_reason: z
      .union([z.string(), z.int()])
      .nullish()
      .openapi({ description: "The string or the token that ended the text, as vLLM tells it" }),
    prompt_logprobs: promptLogprobsSchema.optional(),
    prompt_token_ids: z.array(z.int()).optional(),
    token_ids: z.array(z.int()).optional(),
  })
  .openapi("CompletionChoice");

const head = {
  id: z.string(),
  object: z.literal("text_completion"),
  created: z.int(),
  model: z.string(),
  system_fingerprint: z.string(),
  choices: z.array(choice),
};

/** An answer in one piece. */
export const completionResponse = z.object({ ...head, usage: usageSchema }).openapi("Completion");

/** A piece of a streamed answer. */
export const completionChunk = z.object({ ...head, usage: usageSchema.nullish() }).openapi("CompletionChunk");

type Choice = z.infer<typeof choice>;
type Head = Omit<z.infer<typeof completionResponse>, "choices" | "usage">;

const headOf = (model: ServedModel): Head => ({
  id: newId("cmpl"),
  object: "text_completion",
  created: unixSeconds(),
  model: model.id,
  system_fingerprint: systemFingerprint(model),
});

/** The answer in one piece. */
export async function completionAnswer(
  job: CompletionJob,
  texts: CompletionTexts,
  model: ServedModel,
): Promise<z.infer<typeof completionResponse>> {
  const parts = new Map<number, TextPart[]>();
  for await (const part of texts.parts()) parts.set(part.index, [...(parts.get(part.index) ?? []), part]);
  const choices = Array.from({ length: job.prompts.length * job.n }, (_, index) => joined(job, parts.get(index) ?? []));
  return { ...headOf(model), choices, usage: usageBody(texts.usage) };
}

/** Pieces of the answer, as they come. */
export async function* completionChunks(
  job: CompletionJob,
  texts: CompletionTexts,
  model: ServedModel,
  telling: UsageTelling,
): AsyncGenerator<z.infer<typeof completionChunk>, void, undefined> {
  const shared = headOf(model);
  for await (const part of texts.parts()) {
    const isEmpty = part.text === "" && part.end === null && part.logprobs === null && part.tokenIds.length === 0;
    if (isEmpty && !job.returnTokenIds) continue;
    const usage = telling.always ? usageBody(texts.usage) : null;
    yield { ...shared, choices: [joined(job, [part])], ...(telling.atEnd && { usage }) };
  }
  if (telling.atEnd) yield { ...shared, choices: [], usage: usageBody(texts.usage) };
}

/** Pieces of one text as one. */
function joined({ returnTokenIds }: CompletionJob, parts: readonly TextPart[]): Choice {
  const logprobs = parts.map((part) => part.logprobs).filter((each): each is CompletionLogprobs => each !== null);
  const end = parts.find((part) => part.end !== null)?.end ?? null;
  const prompt = parts.find((part) => part.prompt !== null)?.prompt ?? null;
  return {
    index: parts[0]?.index ?? 0,
    text: parts.map(({ text }) => text).join(""),
    logprobs: logprobs.length === 0 ? null : joinLogprobs(logprobs),
    finish_reason: end?.finishReason ?? null,
    ...(end && { stop_reason: end.stop }),
    ...(prompt?.logprobs && { prompt_logprobs: prompt.logprobs }),
    ...(returnTokenIds && {
      ...(prompt && { prompt_token_ids: [...prompt.ids] }),
      token_ids: parts.flatMap(({ tokenIds }) => tokenIds),
    }),
  };
}
