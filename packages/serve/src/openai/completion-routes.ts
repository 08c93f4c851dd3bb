import { createRoute } from "@hono/zod-openapi";
import { streamWork, withWork } from "../http/request-work.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { usageTelling } from "./common-fields.ts";
import { completionBody, readCompletion } from "./completion-request.ts";
import { completionAnswer, completionChunk, completionChunks, completionResponse } from "./completion-response.ts";
import { CompletionTexts } from "./completion-texts.ts";
import { openaiStream } from "./openai-stream.ts";

const route = createRoute({
  method: "post",
  path: "/v1/completions",
  tags: ["OpenAI"],
  summary: "Goes on with texts",
  request: { body: { required: true, content: { "application/json": { schema: completionBody } } } },
  responses: {
    200: {
      description: "The texts; with `stream: true` in pieces, as server-sent events that end with `[DONE]`",
      content: {
        "application/json": { schema: completionResponse },
        "text/event-stream": { schema: completionChunk },
      },
    },
  },
});

/** `/v1/completions` of OpenAI's API, with vLLM's additions. */
export const completionRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    const work = body.stream === true ? streamWork : withWork;
    return work(c, context, body.model, async (open) => {
      const job = await readCompletion(body, open, c.get("cacheSalt"));
      const atOnce = await open.admit(job.prompts.length * job.n);
      const texts = new CompletionTexts(job, open, atOnce);
      return body.stream === true
        ? openaiStream(completionChunks(job, texts, open.model, usageTelling(body)), open)
        : c.json(await completionAnswer(job, texts, open.model), 200);
    });
  });
};
