import { createRoute, z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";

const route = createRoute({
  method: "post",
  path: "/detokenize",
  tags: ["Tokens"],
  summary: "The text of tokens",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .looseObject({ model: z.string().nullish(), tokens: z.array(z.int().min(0)) })
            .openapi("DetokenizeRequest"),
        },
      },
    },
  },
  responses: {
    200: {
      description: "The text, by vLLM's name and by llama-server's",
      content: {
        "application/json": {
          schema: z.object({ prompt: z.string(), content: z.string() }).openapi("DetokenizeResponse"),
        },
      },
    },
  },
});

/** `/detokenize` as vLLM and llama-server have it. */
export const detokenizeRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const { model: name, tokens } = c.req.valid("json");
    return withWork(c, context, name, async ({ model }) => {
      const { vocabSize } = model.config;
      const unknown = tokens.findIndex((id) => id >= vocabSize);
      if (unknown >= 0)
        throw invalidRequest(
          `tokens.${unknown}`,
          `is ${tokens[unknown]}, but the vocabulary has the ids from 0 to ${vocabSize - 1}`,
        );
      const text = model.tokenizer.decode(tokens);
      return c.json({ prompt: text, content: text }, 200);
    });
  });
};
