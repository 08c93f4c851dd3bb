import { createRoute, z } from "@hono/zod-openapi";
import type { ChatMessage } from "@helium-lm/helium";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";
import { chatTemplateFields, renderChat } from "./chat-template-fields.ts";

const route = createRoute({
  method: "post",
  path: "/apply-template",
  tags: ["Tokens"],
  summary: "The prompt of a conversation, as the model reads it",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.looseObject({ model: z.string().nullish(), ...chatTemplateFields }).openapi("ApplyTemplateRequest"),
        },
      },
    },
  },
  responses: {
    200: {
      description: "The prompt",
      content: { "application/json": { schema: z.object({ prompt: z.string() }).openapi("ApplyTemplateResponse") } },
    },
  },
});

/** `/apply-template` of llama-server. */
export const applyTemplateRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    return withWork(c, context, body.model, async ({ model }) =>
      c.json({ prompt: renderChat(model, body.messages as readonly ChatMessage[], body) }, 200),
    );
  });
};
