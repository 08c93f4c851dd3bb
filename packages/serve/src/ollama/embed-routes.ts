import { mapBounded } from "@helium-lm/nn";
import { createRoute, z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import { checkTextLengths, encodeTexts } from "../generation/text-inputs.ts";
import { withWork } from "../http/request-work.ts";
import type { RouteModule, ServeContext, ServerContext } from "../http/serve-app.ts";
import { keepAliveField, keepAliveMs } from "./keep-alive.ts";
import { servedName } from "./model-name.ts";
import { Stopwatch } from "./stopwatch.ts";

const embedBody = z
  .object({
    model: z.string().nullish(),
    input: z.union([z.string(), z.array(z.string())], { error: "is to be a text or a list of texts" }).nullish(),
    truncate: z.boolean().nullish().openapi({ description: "No text is cut here: one that is too long is an error" }),
    dimensions: z.int().min(1).nullish(),
    keep_alive: keepAliveField,
    options: z.looseObject({}).nullish(),
  })
  .openapi("OllamaEmbed");

const embed = createRoute({
  method: "post",
  path: "/api/embed",
  tags: ["Ollama"],
  summary: "Texts as vectors of length 1",
  request: { body: { required: true, content: { "application/json": { schema: embedBody } } } },
  responses: {
    200: {
      description: "The vectors",
      content: {
        "application/json": {
          schema: z.object({
            model: z.string(),
            embeddings: z.array(z.array(z.number())),
            total_duration: z.int(),
            load_duration: z.int(),
            prompt_eval_count: z.int(),
          }),
        },
      },
    },
  },
});

const embeddings = createRoute({
  method: "post",
  path: "/api/embeddings",
  tags: ["Ollama"],
  summary: "One text as a vector; the older form of /api/embed",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({ model: z.string().nullish(), prompt: z.string().nullish(), keep_alive: keepAliveField }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "The vector",
      content: { "application/json": { schema: z.object({ embedding: z.array(z.number()) }) } },
    },
  },
});

/** `/api/embed` and `/api/embeddings` of Ollama's API. */
export const embedRoutes: RouteModule = (app, context) => {
  app.openapi(embed, async (c) => {
    const { model: name, input, dimensions, keep_alive: keepAlive } = c.req.valid("json");
    if (input === null || input === undefined)
      throw invalidRequest("input", "is missing; give a text or a list of texts");
    const texts = typeof input === "string" ? [input] : input;
    const { vectors, totals } = await vectorsOf(c, context, { name, keepAlive, texts, field: "input", dimensions });
    const { total_duration, load_duration, prompt_eval_count } = totals;
    return c.json({ model: name ?? "", embeddings: vectors, total_duration, load_duration, prompt_eval_count }, 200);
  });
  app.openapi(embeddings, async (c) => {
    const { model: name, prompt, keep_alive: keepAlive } = c.req.valid("json");
    const { vectors } = await vectorsOf(c, context, { name, keepAlive, texts: [prompt ?? ""], field: "prompt" });
    return c.json({ embedding: vectors[0] ?? [] }, 200);
  });
};

interface Wanted {
  readonly name: string | null | undefined;
  readonly keepAlive: Parameters<typeof keepAliveMs>[0];
  readonly texts: readonly string[];
  readonly field: string;
  readonly dimensions?: number | null | undefined;
}

async function vectorsOf(
  c: ServeContext,
  context: ServerContext,
  { name, keepAlive, texts, field, dimensions }: Wanted,
) {
  const watch = new Stopwatch(() => c.get("record").ms);
  const modelName = servedName(context.registry, name);
  const keepMs = keepAliveMs(keepAlive);
  if (keepMs !== null) context.registry.keep(modelName, keepMs);
  return withWork(c, context, modelName, async (work) => {
    const { model, signal } = work;
    watch.loaded();
    const rows = await encodeTexts(model, [...texts], { param: field, signal });
    checkTextLengths(model, rows, field);
    const atOnce = await work.admit(rows.length);
    watch.begun();
    const made = await mapBounded(rows, atOnce, (inputIds) =>
      model.engine.embed({
        inputIds,
        pooling: "mean",
        normalize: true,
        ...(dimensions && { dimensions }),
        signal,
      }),
    );
    const promptTokens = rows.reduce((sum, { length }) => sum + length, 0);
    return {
      vectors: made.map((vector) => Array.from(vector)),
      totals: watch.totals({ promptTokens, completionTokens: 0 }),
    };
  });
}
