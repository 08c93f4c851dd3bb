import { createRoute, z } from "@hono/zod-openapi";
import { beginChat } from "../chat/begin-chat.ts";
import { prepareChat } from "../chat/prepare-chat.ts";
import type { ChatRun } from "../chat/run-chat.ts";
import { eventStream, type ServerEvent } from "../http/event-stream.ts";
import { withWork } from "../http/request-work.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { anthropicError } from "./anthropic-error.ts";
import { messageBody, promptBody } from "./message-body.ts";
import { MessageWriter, type MessageEvent } from "./message-writer.ts";
import { readMessageRequest, readPrompt } from "./read-message-request.ts";

const create = createRoute({
  method: "post",
  path: "/v1/messages",
  tags: ["Anthropic"],
  summary: "The next message of a conversation",
  request: { body: { required: true, content: { "application/json": { schema: messageBody } } } },
  responses: {
    200: {
      description: "The message, or with `stream` its events",
      content: {
        "application/json": { schema: z.looseObject({ id: z.string(), type: z.literal("message") }) },
        "text/event-stream": { schema: z.string() },
      },
    },
  },
});

const count = createRoute({
  method: "post",
  path: "/v1/messages/count_tokens",
  tags: ["Anthropic"],
  summary: "How many tokens a conversation has",
  request: { body: { required: true, content: { "application/json": { schema: promptBody } } } },
  responses: {
    200: {
      description: "The number, with those of tools and template",
      content: { "application/json": { schema: z.object({ input_tokens: z.int() }) } },
    },
  },
});

/** `/v1/messages` and `/v1/messages/count_tokens` of Anthropic's API. */
export const messageRoutes: RouteModule = (app, context) => {
  app.use("/v1/messages/*", async (c, next) => {
    await next();
    c.header("request-id", c.get("requestId"));
  });
  app.openapi(create, async (c) => {
    const body = c.req.valid("json");
    const { work, request, run } = await beginChat(c, context, {
      modelName: body.model,
      read: (model) => readMessageRequest(model, body, c.get("cacheSalt")),
      fields: { prompt: "messages", maxTokens: "max_tokens" },
      mayFillContext: true,
    });
    const writer = new MessageWriter({
      model: work.model.id,
      run,
      limitReason: request.maxTokens === body.max_tokens ? "max_tokens" : "model_context_window_exceeded",
    });
    if (body.stream === true)
      return eventStream(serverEvents(writer, run), {
        onClose: () => work.close(),
        onError: (error) => [{ event: "error", data: anthropicError(work.failed(error), c.get("requestId")) }],
      });
    try {
      for await (const event of run.events) writer.push(event);
      return c.json(writer.message, 200);
    } finally {
      work.close();
    }
  });
  app.openapi(count, (c) => {
    const body = c.req.valid("json");
    return withWork(c, context, body.model, async ({ model, signal }) => {
      const { promptIds } = await prepareChat(readPrompt(model, body), signal);
      return c.json({ input_tokens: promptIds.length }, 200);
    });
  });
};

/** The first events wait for the first of the answer, so that a failure before it has its own status. */
async function* serverEvents(writer: MessageWriter, run: ChatRun): AsyncGenerator<ServerEvent, void, undefined> {
  let isStarted = false;
  for await (const event of run.events) {
    if (!isStarted) for (const first of writer.start()) yield serverEvent(first);
    isStarted = true;
    for (const each of writer.push(event)) yield serverEvent(each);
  }
}

const serverEvent = (event: MessageEvent): ServerEvent => ({ event: event.type, data: event });
