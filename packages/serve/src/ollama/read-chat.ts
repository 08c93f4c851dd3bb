import { z } from "@hono/zod-openapi";
import { defaultChat, type ChatRequest } from "../chat/chat-request.ts";
import { ConversationBuilder } from "../chat/conversation-builder.ts";
import { readArguments } from "../chat/read-arguments.ts";
import { invalidRequest } from "../errors.ts";
import type { ServedModel } from "../models/served-model.ts";
import { commonFields, readFormat, readLogprobs, readThink, refuseImages } from "./common-body.ts";
import type { ReadOptions } from "./options.ts";

const toolCall = z.object({
  id: z.string().nullish(),
  function: z.object({
    name: z.string(),
    arguments: z.union([z.record(z.string(), z.unknown()), z.string()]).nullish(),
  }),
});

const message = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images: z.array(z.unknown()).nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_name: z.string().nullish().openapi({ description: "The tool that gave this result" }),
  tool_call_id: z.string().nullish(),
});

const tool = z.object({
  type: z.literal("function").nullish(),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** Body of `/api/chat`. */
export const chatBody = z
  .object({
    ...commonFields,
    messages: z.array(message).nullish().openapi({ description: "None: the model is loaded, and nothing is written" }),
    tools: z.array(tool).nullish(),
  })
  .openapi("OllamaChat");

export type ChatBody = z.infer<typeof chatBody>;

/** What a chat asks of a model. @throws ApiError */
export const readChat = (
  model: ServedModel,
  body: ChatBody,
  { maxTokens, stop, sampling }: ReadOptions,
  cacheSalt: string,
): ChatRequest => {
  const { messages } = readMessages(body.messages ?? []);
  return {
    ...defaultChat,
    model,
    messages,
    tools: (body.tools ?? []).map(({ function: { name, description, parameters } }, at) => ({
      name,
      description: description ?? null,
      parameters: parameters ?? {},
      strict: false,
      field: `tools.${at}.function.parameters`,
    })),
    contentGrammar: readFormat(body.format),
    // An answer that the client has begun is gone on with.
    continueFinalMessage: messages.at(-1)?.role === "assistant" && messages.at(-1)?.tool_calls === undefined,
    templateVariables: readThink(body.think),
    maxTokens,
    stop,
    sampling,
    logprobs: readLogprobs(body),
    cacheSalt,
  };
};

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

function readMessages(messages: NonNullable<ChatBody["messages"]>): ConversationBuilder {
  const builder = new ConversationBuilder();
  /** Calls whose results have not come; results often name no call. */
  let open: readonly OpenCall[] = [];
  let count = 0;
  for (const [at, given] of messages.entries()) {
    const field = `messages.${at}`;
    const content = given.content ?? "";
    refuseImages(given.images, `${field}.images`);
    if (given.role === "system") builder.system(content);
    else if (given.role === "user") builder.user(content);
    else if (given.role === "tool") {
      const call = resolve(open, given);
      if (!call) throw invalidRequest(field, "is the result of a call, but none before it is open; give the call too");
      open = open.filter((each) => each !== call);
      builder.toolResult(call.id, content, field);
    } else {
      if (given.thinking) builder.reasoning(given.thinking);
      builder.assistantText(content);
      for (const [index, { id, function: called }] of (given.tool_calls ?? []).entries()) {
        const own = id ?? `call_${count++}`;
        const args = called.arguments ?? {};
        const value =
          typeof args === "string" ? readArguments(args, `${field}.tool_calls.${index}.function.arguments`) : args;
        builder.toolCall(own, called.name, value);
        open = [...open, { id: own, name: called.name }];
      }
    }
  }
  return builder;
}

/** The open call that a result belongs to: by its id, else by its tool's name, else the first one. */
function resolve(
  open: readonly OpenCall[],
  { tool_call_id: id, tool_name: name }: NonNullable<ChatBody["messages"]>[number],
): OpenCall | undefined {
  if (id) return open.find((call) => call.id === id);
  return open.find((call) => call.name === name) ?? open[0];
}
