import { createRoute, z } from "@hono/zod-openapi";
import type { RouteModule } from "../http/serve-app.ts";
import { answer, answerWithoutPrompt, type Line } from "./answer.ts";
import type { AnswerPart } from "./answer-parts.ts";
import { keepAliveMs } from "./keep-alive.ts";
import { chatBody, readChat } from "./read-chat.ts";
import { generateBody, prepareGenerate, readGenerate } from "./read-generate.ts";

const responses = {
  200: {
    description: "The answer, in lines of JSON unless `stream` is false",
    content: {
      "application/x-ndjson": { schema: z.string() },
      "application/json": { schema: z.looseObject({ model: z.string(), done: z.boolean() }) },
    },
  },
};

const chat = createRoute({
  method: "post",
  path: "/api/chat",
  tags: ["Ollama"],
  summary: "The next message of a conversation",
  request: { body: { required: true, content: { "application/json": { schema: chatBody } } } },
  responses,
});

const generate = createRoute({
  method: "post",
  path: "/api/generate",
  tags: ["Ollama"],
  summary: "An answer to one prompt",
  request: { body: { required: true, content: { "application/json": { schema: generateBody } } } },
  responses,
});

/** `/api/chat` and `/api/generate` of Ollama's API. */
export const answerRoutes: RouteModule = (app, context) => {
  app.openapi(chat, async (c) => {
    const body = c.req.valid("json");
    const { model: name } = body;
    const keepMs = keepAliveMs(body.keep_alive);
    const made = body.messages?.length
      ? await answer(c, context, {
          ...{ model: name, keepMs },
          options: body.options,
          isStream: body.stream ?? true,
          read: (model, options, salt) => readChat(model, body, options, salt),
          promptField: "messages",
          write: asMessage,
        })
      : await answerWithoutPrompt(context, { model: name, keepMs, write: asMessage });
    if (made instanceof Response) return made;
    return c.json(made, 200);
  });
  app.openapi(generate, async (c) => {
    const body = c.req.valid("json");
    const { model: name } = body;
    const keepMs = keepAliveMs(body.keep_alive);
    const made =
      body.prompt || body.suffix
        ? await answer(c, context, {
            ...{ model: name, keepMs },
            options: body.options,
            isStream: body.stream ?? true,
            read: (model, options, salt) => readGenerate(model, body, options, salt),
            prepare: prepareGenerate(body),
            promptField: "prompt",
            write: asResponse,
          })
        : await answerWithoutPrompt(context, { model: name, keepMs, write: asResponse });
    if (made instanceof Response) return made;
    return c.json(made, 200);
  });
};

const asMessage = ({ content, thinking, calls }: AnswerPart): Line => ({
  message: {
    role: "assistant",
    content,
    ...(thinking !== "" && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  },
});

const asResponse = ({ content, thinking }: AnswerPart): Line => ({
  response: content,
  ...(thinking !== "" && { thinking }),
});
