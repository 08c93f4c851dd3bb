import { z } from "@hono/zod-openapi";
import { chatLogprobs } from "./chat-logprobs.ts";
import { promptLogprobsSchema } from "./prompt-logprobs.ts";
import { usageSchema } from "./usage.ts";

const finishReason = z.enum(["stop", "length", "tool_calls", "function_call"]);

const stopReason = z
  .union([z.string(), z.int()])
  .nullish()
  .openapi({ description: "The string or the token that ended the text, as vLLM tells it" });

const functionCall = z.object({ name: z.string(), arguments: z.string() });

const toolCall = z.object({ id: z.string(), type: z.literal("function"), function: functionCall });

const message = z
  .object({
    role: z.literal("assistant"),
    content: z.string().nullable(),
    refusal: z.null(),
    reasoning_content: z.string().optional(),
    tool_calls: z.array(toolCall).optional(),
    function_call: functionCall.optional(),
  })
  .openapi("ChatCompletionAnswer");

const delta = z
  .object({
    role: z.literal("assistant"),
    content: z.string(),
    reasoning_content: z.string(),
    tool_calls: z.array(
      z.object({
        index: z.int(),
        id: z.string().optional(),
        type: z.literal("function").optional(),
        function: functionCall.partial(),
      }),
    ),
    function_call: functionCall.partial(),
  })
  .partial()
  .openapi("ChatCompletionDelta");

const choiceHead = {
  index: z.int(),
  logprobs: chatLogprobs.nullable(),
  stop_reason: stopReason,
  token_ids: z.array(z.int()).optional(),
};

const choice = z.object({ ...choiceHead, message, finish_reason: finishReason }).openapi("ChatCompletionChoice");

const chunkChoice = z
  .object({ ...choiceHead, delta, finish_reason: finishReason.nullable() })
  .openapi("ChatCompletionChunkChoice");

const head = { id: z.string(), created: z.int(), model: z.string(), system_fingerprint: z.string() };

const promptTokenIds = z.array(z.int()).optional();

/** An answer in one piece. */
export const chatResponse = z
  .object({
    ...head,
    object: z.literal("chat.completion"),
    choices: z.array(choice),
    usage: usageSchema,
    prompt_logprobs: promptLogprobsSchema.optional(),
    prompt_token_ids: promptTokenIds,
  })
  .openapi("ChatCompletion");

/** A piece of a streamed answer. */
export const chatChunk = z
  .object({
    ...head,
    object: z.literal("chat.completion.chunk"),
    choices: z.array(chunkChoice),
    usage: usageSchema.nullish(),
    prompt_token_ids: promptTokenIds,
  })
  .openapi("ChatCompletionChunk");

export type ChatChoice = z.infer<typeof choice>;
export type ChatChunk = z.infer<typeof chatChunk>;
export type ChatChunkChoice = z.infer<typeof chunkChoice>;
export type ChatDelta = z.infer<typeof delta>;
export type ChatAnswer = z.infer<typeof chatResponse>;
