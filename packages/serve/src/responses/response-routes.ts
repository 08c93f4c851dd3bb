import { createRoute, z } from "@hono/zod-openapi";
import { beginChat } from "../chat/begin-chat.ts";
import type { ChatRun } from "../chat/run-chat.ts";
import { prepareChat } from "../chat/prepare-chat.ts";
import { ApiError } from "../errors.ts";
import { eventStream, type ServerEvent } from "../http/event-stream.ts";
import { withWork } from "../http/request-work.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { readPrompt, readRequest } from "./read-request.ts";
import { inputBody, responseBody } from "./response-body.ts";
import { newResponse } from "./response-object.ts";
import { ResponseWriter, type ResponseEvent } from "./response-writer.ts";

const create = createRoute({
  method: "post",
  path: "/v1/responses",
  tags: ["OpenAI"],
  summary: "An answer as a list of items; nothing is stored",
  request: { body: { required: true, content: { "application/json": { schema: responseBody } } } },
  responses: {
    200: {
      description: "The response, or with `stream` its events",
      content: {
        "application/json": { schema: z.looseObject({ id: z.string(), object: z.literal("response") }) },
        "text/event-stream": { schema: z.string() },
      },
    },
  },
});

const count = createRoute({
  method: "post",
  path: "/v1/responses/input_tokens",
  tags: ["OpenAI"],
  summary: "How many tokens an input has",
  request: { body: { required: true, content: { "application/json": { schema: inputBody } } } },
  responses: {
    200: {
      description: "The number, with those of instructions, tools and template",
      content: {
        "application/json": {
          schema: z.object({ object: z.literal("response.input_tokens"), input_tokens: z.int() }),
        },
      },
    },
  },
});

/** `/v1/responses` of OpenAI's API, stateless. */
export const responseRoutes: RouteModule = (app, context) => {
  app.openapi(create, async (c) => {
    const body = c.req.valid("json");
    const { work, run } = await beginChat(c, context, {
      modelName: body.model,
      read: (model) => readRequest(model, body, c.get("cacheSalt")),
      fields: { prompt: "input", maxTokens: "max_output_tokens" },
    });
    const writer = new ResponseWriter(newResponse(body, work.model), work.model, run);
    if (body.stream === true)
      return eventStream(serverEvents(writer, run), {
        onClose: () => work.close(),
        onError: (error) => writer.fail(work.failed(error)).map(serverEvent),
      });
    try {
      for await (const event of run.events) writer.push(event);
      return c.json(writer.response, 200);
    } finally {
      work.close();
    }
  });
  app.openapi(count, async (c) => {
    const body = c.req.valid("json");
    return withWork(c, context, body.model, async ({ model, signal }) => {
      const { promptIds } = await prepareChat(readPrompt(model, body), signal);
      return c.json({ object: "response.input_tokens" as const, input_tokens: promptIds.length }, 200);
    });
  });
  for (const path of ["/v1/responses/:id", "/v1/responses/:id/:part"])
    app.on(["GET", "DELETE", "POST"], path, (c) => {
      throw new ApiError("response", `"${c.req.param("id")}" is not here: this server stores no responses`, {
        status: 404,
        type: "not_found_error",
        code: "response_not_found",
        param: "response_id",
      });
    });
};

/** The first events wait for the first of the answer, so that a failure before it has its own status. */
async function* serverEvents(writer: ResponseWriter, run: ChatRun): AsyncGenerator<ServerEvent, void, undefined> {
  let isStarted = false;
  for await (const event of run.events) {
    if (!isStarted) for (const first of writer.start()) yield serverEvent(first);
    isStarted = true;
    for (const each of writer.push(event)) yield serverEvent(each);
  }
}

const serverEvent = (event: ResponseEvent): ServerEvent => ({ event: event.type, data: event });
