import { createRoute, z } from "@hono/zod-openapi";
import { templateText } from "../chat/chat-prompt.ts";
import { withWork } from "../http/request-work.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { capabilitiesOf, detailsOf, entryOf, modelInfo, timeOf } from "./describe-model.ts";
import { servedName } from "./model-name.ts";

/** The version of Ollama whose API this is: clients ask for a number, and for one that is new enough. */
const API_VERSION = "0.12.6";

const details = z
  .object({
    parent_model: z.string(),
    format: z.string(),
    family: z.string(),
    families: z.array(z.string()),
    parameter_size: z.string(),
    quantization_level: z.string(),
  })
  .openapi("OllamaDetails");

const entry = z.object({
  name: z.string(),
  model: z.string(),
  modified_at: z.string(),
  size: z.int(),
  digest: z.string(),
  details,
});

const running = entry.extend({ expires_at: z.string(), size_vram: z.int(), context_length: z.int() });

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  200: { description, content: { "application/json": { schema } } },
});

const version = createRoute({
  method: "get",
  path: "/api/version",
  tags: ["Ollama"],
  summary: "The version of Ollama's API",
  responses: json("The version", z.object({ version: z.string() })),
});

const tags = createRoute({
  method: "get",
  path: "/api/tags",
  tags: ["Ollama"],
  summary: "The models that are served",
  responses: json("All models, loaded or not", z.object({ models: z.array(entry) })),
});

const ps = createRoute({
  method: "get",
  path: "/api/ps",
  tags: ["Ollama"],
  summary: "The models in memory",
  responses: json("The loaded models", z.object({ models: z.array(running) })),
});

const show = createRoute({
  method: "post",
  path: "/api/show",
  tags: ["Ollama"],
  summary: "What a model is and can do; it is loaded for that",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({
            model: z.string().nullish(),
            name: z.string().nullish().openapi({ description: "An older name of model" }),
          }),
        },
      },
    },
  },
  responses: json(
    "The model",
    z.object({
      license: z.string(),
      modelfile: z.string(),
      parameters: z.string(),
      template: z.string(),
      details,
      model_info: z.record(z.string(), z.unknown()),
      capabilities: z.array(z.string()),
      modified_at: z.string(),
    }),
  ),
});

/** What Ollama's API tells of models. */
export const ollamaModelRoutes: RouteModule = (app, context) => {
  const { registry, options } = context;
  app.openapi(version, (c) => c.json({ version: API_VERSION }, 200));
  app.openapi(tags, async (c) => {
    const models = await Promise.all(registry.states.map(({ id, model }) => entryOf(id, model)));
    return c.json({ models }, 200);
  });
  app.openapi(ps, async (c) => {
    // Nobody knows when a model will be asked for again: the time is that of the longest wait.
    const expires = new Date(Date.now() + Math.min(options.idleMs, FAR_MS)).toISOString();
    const loaded = registry.states.flatMap(({ id, model }) => (model ? [{ id, model }] : []));
    const models = await Promise.all(
      loaded.map(async ({ id, model }) => ({
        ...(await entryOf(id, model)),
        expires_at: expires,
        size_vram: 0,
        context_length: model.contextLength,
      })),
    );
    return c.json({ models }, 200);
  });
  app.openapi(show, (c) => {
    const body = c.req.valid("json");
    return withWork(c, context, servedName(registry, body.model || body.name), ({ model }) =>
      Promise.resolve(
        c.json(
          {
            license: "",
            modelfile: "",
            parameters: "",
            template: templateText({ model, chatTemplate: null }),
            details: detailsOf(model),
            model_info: modelInfo(model),
            capabilities: capabilitiesOf(model),
            modified_at: timeOf(model),
          },
          200,
        ),
      ),
    );
  });
};

/** A hundred years. */
const FAR_MS = 3.15e12;
