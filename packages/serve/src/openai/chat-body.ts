import { z } from "@hono/zod-openapi";
import type { ChatRequest } from "../chat/chat-request.ts";
import { namesOneTool } from "../chat/names-one-tool.ts";
import { thinkingVariables } from "../chat/thinking-variables.ts";
import { invalidRequest } from "../errors.ts";
import { grammarFields, grammarOf } from "../generation/grammar-fields.ts";
import { samplingFields, samplingOf, stopFields, stopsOf } from "../generation/sampling-fields.ts";
import type { ServedModel } from "../models/served-model.ts";
import { chatMessage, readMessages } from "./chat-messages.ts";
import { readTools, toolFields, usesFunctions } from "./chat-tools.ts";
import { checkCommon, commonFields, MOST_LOGPROBS, saltOf } from "./common-fields.ts";
import { refuseUnsupported } from "./unsupported-fields.ts";

/** Body of `/v1/chat/completions`. */
export const chatBody = z
  .looseObject({
    ...commonFields,
    ...samplingFields,
    ...stopFields,
    ...grammarFields,
    ...toolFields,
    messages: z.array(chatMessage).min(1, "is empty; give at least one message"),
    max_completion_tokens: z.int().min(1).nullish().openapi({ description: "Default: what the context has room for" }),
    max_tokens: z.int().min(1).nullish().openapi({ description: "The older name of max_completion_tokens" }),
    logprobs: z.boolean().nullish(),
    top_logprobs: z.int().min(0).max(MOST_LOGPROBS).nullish(),
    reasoning_effort: z.string().nullish().openapi({ description: "For the template; none: no thoughts" }),
    include_reasoning: z.boolean().nullish().openapi({ description: "false leaves the thoughts out of the answer" }),
    continue_final_message: z.boolean().nullish().openapi({ description: "Goes on with the last message" }),
    add_generation_prompt: z.boolean().nullish(),
    chat_template: z.string().min(1).nullish(),
    chat_template_kwargs: z.record(z.string(), z.unknown()).nullish().openapi({ description: "For the template" }),
    documents: z.array(z.record(z.string(), z.unknown())).nullish().openapi({ description: "For the template" }),
    verbosity: z.string().nullish().openapi({ description: "For the template" }),
  })
  .openapi("ChatCompletionRequest");

export type ChatBody = z.infer<typeof chatBody>;

/** What a body asks of a model. @throws ApiError for whatever cannot be done */
export function readChat(body: ChatBody, model: ServedModel, keySalt: string): ChatRequest {
  refuseUnsupported(body, "chat");
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? null;
  checkCommon(body, maxTokens);
  if (typeof body.top_logprobs === "number" && body.logprobs !== true)
    throw invalidRequest("top_logprobs", "needs logprobs: true; set it, or leave top_logprobs out");
  if (body.continue_final_message === true && body.add_generation_prompt === true)
    throw invalidRequest(
      "continue_final_message",
      "cannot stand beside add_generation_prompt: one goes on with the last message, the other begins a new one",
    );
  const effort = body.reasoning_effort ?? null;
  return {
    model,
    messages: readMessages(body.messages),
    n: body.n ?? 1,
    maxTokens,
    sampling: samplingOf(body, model),
    stop: stopsOf(body.stop),
    includeStop: body.include_stop_str_in_output ?? false,
    logprobs: body.logprobs === true ? (body.top_logprobs ?? 0) : null,
    cacheSalt: saltOf(body, keySalt),
    engineOptions: {},
    ...readTools(body),
    // The older form has room for one call.
    parallelToolCalls: !usesFunctions(body) && !namesOneTool(body.tool_choice) && (body.parallel_tool_calls ?? true),
    contentGrammar: grammarOf(body),
    skipSpecialTokens: body.skip_special_tokens ?? true,
    continueFinalMessage: body.continue_final_message ?? false,
    addGenerationPrompt: body.add_generation_prompt ?? true,
    templateVariables: {
      ...thinkingVariables(effort === "none" ? false : null, effort),
      ...(body.verbosity && { verbosity: body.verbosity }),
      ...(body.documents && { documents: body.documents }),
      ...body.chat_template_kwargs,
    },
    chatTemplate: body.chat_template ?? null,
  };
}
