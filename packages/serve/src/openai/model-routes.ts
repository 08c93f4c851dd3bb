import { createRoute, z } from "@hono/zod-openapi";
import { modelNotFound } from "../errors.ts";
import type { RouteModule } from "../http/serve-app.ts";
import type { ModelRegistry } from "../models/model-registry.ts";

const model = z
  .object({
    id: z.string(),
    object: z.literal("model"),
    created: z.int(),
    owned_by: z.string(),
    max_model_len: z.int().nullable(),
  })
  .openapi("Model");

const list = createRoute({
  method: "get",
  path: "/v1/models",
  tags: ["OpenAI"],
  summary: "The models that are served",
  responses: {
    200: {
      description: "All models, loaded or not",
      content: { "application/json": { schema: z.object({ object: z.literal("list"), data: z.array(model) }) } },
    },
  },
});

const one = createRoute({
  method: "get",
  // Ids may hold slashes, as those of the hub do.
  path: "/v1/models/{model}{.+}",
  tags: ["OpenAI"],
  summary: "One model",
  request: { params: z.object({ model: z.string() }) },
  responses: { 200: { description: "The model", content: { "application/json": { schema: model } } } },
});

/** `/v1/models` and `/v1/models/{model}` of OpenAI's API; `max_model_len` is vLLM's addition. */
export const modelRoutes: RouteModule = (app, { registry }) => {
  app.openapi(list, (c) => c.json({ object: "list" as const, data: cards(registry) }, 200));
  app.openapi(one, (c) => {
    const { model: id } = c.req.valid("param");
    const found = cards(registry).find((card) => card.id === id);
    if (!found) throw modelNotFound(id, registry.ids);
    return c.json(found, 200);
  });
};

const cards = (registry: ModelRegistry): z.infer<typeof model>[] =>
  registry.states.map(({ id, model: loaded }) => ({
    id,
    object: "model",
    created: loaded?.created ?? 0,
    owned_by: "helium-lm",
    max_model_len: loaded?.contextLength ?? null,
  }));
