import { z } from "@hono/zod-openapi";
import type { ChatMessage } from "@helium-lm/helium";
import type { ServedModel } from "../models/served-model.ts";

/** Fields of requests that turn a conversation into a prompt without having it answered; vLLM's names. */
export const chatTemplateFields = {
  messages: z.array(z.looseObject({ role: z.string() })).openapi({ description: "A conversation" }),
  add_generation_prompt: z.boolean().nullish().openapi({ description: "With what begins an answer; default true" }),
  continue_final_message: z.boolean().nullish(),
  tools: z.array(z.looseObject({})).nullish(),
  chat_template: z.string().nullish(),
  chat_template_kwargs: z.looseObject({}).nullish(),
};

/** The fields beside the messages, as they are given. */
type ChatTemplateBody = {
  readonly [Key in Exclude<keyof typeof chatTemplateFields, "messages">]?: z.infer<(typeof chatTemplateFields)[Key]>;
};

/** The prompt of a conversation. @throws ChatTemplateError */
export function renderChat(
  { tokenizer, chatTemplate: own }: ServedModel,
  messages: readonly ChatMessage[],
  body: ChatTemplateBody,
): string {
  const continueFinalMessage = body.continue_final_message ?? false;
  const chatTemplate = body.chat_template ?? own;
  return tokenizer.applyChatTemplate(messages, {
    continueFinalMessage,
    addGenerationPrompt: body.add_generation_prompt ?? !continueFinalMessage,
    ...(body.tools && { tools: body.tools }),
    ...(chatTemplate !== null && { chatTemplate }),
    ...(body.chat_template_kwargs && { variables: body.chat_template_kwargs }),
  });
}
