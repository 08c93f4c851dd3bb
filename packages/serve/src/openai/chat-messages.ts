import { z } from "@hono/zod-openapi";
import type { ChatMessage } from "@helium-lm/helium";
import { invalidRequest } from "../errors.ts";

const roles = ["system", "developer", "user", "assistant", "tool", "function"] as const;

const part = z.looseObject({ type: z.string(), text: z.string().nullish(), refusal: z.string().nullish() });

const calledFunction = z.looseObject({ name: z.string().min(1), arguments: z.string().nullish() });

/** A message as the API has it; templates may read further fields. */
export const chatMessage = z
  .looseObject({
    role: z.enum(roles, { error: `expected one of ${roles.join(", ")}` }),
    content: z
      .union([z.string(), z.array(part)], { error: "expected a text, or a list of parts that have a type" })
      .nullish(),
    name: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    tool_calls: z
      .array(z.looseObject({ id: z.string().nullish(), type: z.string().nullish(), function: calledFunction }))
      .nullish(),
    tool_call_id: z.string().nullish(),
    function_call: calledFunction.nullish().openapi({ description: "The older form of tool_calls" }),
  })
  .openapi("ChatCompletionMessage");

type Message = z.infer<typeof chatMessage>;

/** Messages in the words of chat templates. @throws ApiError for a message without what its role needs */
export function readMessages(messages: readonly Message[]): readonly ChatMessage[] {
  return messages.map((message, index) => {
    const field = `messages.${index}`;
    const content = contentOf(message, `${field}.content`);
    const { role, function_call: functionCall, ...rest } = message;
    if (role === "tool" && typeof message.tool_call_id !== "string")
      throw invalidRequest(`${field}.tool_call_id`, "is missing; give the id of the call that this is the result of");
    const calls = [...(message.tool_calls ?? []), ...(functionCall ? [{ function: functionCall }] : [])];
    if (content === null && (role !== "assistant" || (calls.length === 0 && !message.reasoning_content)))
      throw invalidRequest(`${field}.content`, `is missing; a message of the role ${role} needs a text`);
    return {
      ...rest,
      role: role === "function" ? "tool" : role,
      content,
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  });
}

/** The text of a message; parts of it are paragraphs. @throws ApiError for parts that are no text */
function contentOf({ content }: Message, field: string): string | null {
  if (!Array.isArray(content)) return content ?? null;
  return content
    .map(({ type, text, refusal }, index) => {
      if (type === "text" && typeof text === "string") return text;
      if (type === "refusal" && typeof refusal === "string") return refusal;
      if (type === "text")
        throw invalidRequest(`${field}.${index}.text`, "is missing; a part of the type text needs it");
      throw invalidRequest(
        `${field}.${index}.type`,
        `is "${type}", but the model reads texts only; give parts of the type text`,
        {
          code: "unsupported_content_type",
          details: { given: type },
        },
      );
    })
    .join("\n");
}
