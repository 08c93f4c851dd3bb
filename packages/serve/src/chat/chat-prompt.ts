import type { ChatMessage } from "@helium-lm/helium";
import { invalidRequest } from "../errors.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { ChatRequest } from "./chat-request.ts";

/** What of a request makes its prompt. */
type PromptParts = Pick<
  ChatRequest,
  "model" | "messages" | "addGenerationPrompt" | "continueFinalMessage" | "templateVariables" | "chatTemplate"
>;

/** A prompt, and its tokens. */
export interface ChatPrompt {
  readonly prompt: string;
  readonly ids: readonly number[];
}

/**
 * The prompt of a conversation, by the request's own template, the one that the server was told of, or the model's. A model that
 * was not made for conversations goes on with what was said, the messages one after another with a line break between two.
 *
 * @param tools as templates get them; null: none
 * @throws ChatTemplateError
 */
export async function chatPrompt(
  request: PromptParts,
  signal: AbortSignal,
  tools: readonly Readonly<Record<string, unknown>>[] | null = null,
): Promise<ChatPrompt> {
  const { model, addGenerationPrompt, continueFinalMessage, templateVariables } = request;
  const template = templateOf(request);
  if (template === null) {
    const joined = joinedContents(request.messages);
    return { prompt: joined, ids: await model.encode(joined, { addSpecialTokens: true, signal }) };
  }
  const { text } = template;
  const prompt = model.tokenizer.applyChatTemplate(withKnownRoles(request.messages, template.words), {
    addGenerationPrompt: addGenerationPrompt && !continueFinalMessage,
    continueFinalMessage,
    variables: templateVariables,
    ...(tools && { tools }),
    ...(text !== null && { chatTemplate: text }),
  });
  return { prompt, ids: await model.encode(prompt, { addSpecialTokens: false, signal }) };
}

/** All that the template of a conversation could read; "" where there is none. */
export const templateText = (request: Pick<PromptParts, "model" | "chatTemplate">): string =>
  templateOf(request)?.words ?? "";

/** Whether conversations with a model have a form of their own. */
export const hasChatTemplate = ({ chatTemplate, tokenizer }: ServedModel): boolean =>
  chatTemplate !== null || tokenizer.chatTemplates.size > 0;

interface ChosenTemplate {
  /** Null: the tokenizer's own. */
  readonly text: string | null;
  /** All that it could read, to see which roles it knows. */
  readonly words: string;
}

function templateOf({ model, chatTemplate }: Pick<PromptParts, "model" | "chatTemplate">): ChosenTemplate | null {
  const { chatTemplates } = model.tokenizer;
  const given = chatTemplate ?? model.chatTemplate;
  if (given !== null) return { text: given, words: chatTemplates.get(given) ?? given };
  return chatTemplates.size === 0 ? null : { text: null, words: [...chatTemplates.values()].join("\n") };
}

/** Templates from before there were developers know their messages as those of the system. */
function withKnownRoles(messages: readonly ChatMessage[], words: string): readonly ChatMessage[] {
  if (words.includes("developer")) return messages;
  return messages.map((message) => (message.role === "developer" ? { ...message, role: "system" } : message));
}

/** @throws ApiError for messages without a text */
function joinedContents(messages: readonly ChatMessage[]): string {
  return messages
    .map(({ content }, index) => {
      if (typeof content === "string") return content;
      throw invalidRequest(
        `messages.${index}.content`,
        "is no text, and the model has no chat template, so that it reads nothing else; give a text",
      );
    })
    .join("\n");
}
