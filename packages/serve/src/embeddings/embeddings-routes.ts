import { mapBounded } from "@helium-lm/nn";
import { createRoute, z } from "@hono/zod-openapi";
import { checkTextLengths, encodeTexts, textInputs } from "../generation/text-inputs.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";
import { base64Floats } from "./base64-floats.ts";

const request = z
  .looseObject({
    model: z.string().nullish(),
    input: textInputs,
    encoding_format: z.enum(["float", "base64"]).nullish().openapi({ description: "Default float" }),
    dimensions: z
      .int()
      .min(1)
      .nullish()
      .openapi({ description: "The first so many numbers alone, for models that were trained for it" }),
    pooling: z
      .enum(["mean", "last", "cls"])
      .nullish()
      .openapi({ description: "Which tokens' states make the vector: all (default), the last, the first" }),
    normalize: z.boolean().nullish().openapi({ description: "Divides the vector by its length; default true" }),
    user: z.string().nullish(),
  })
  .openapi("EmbeddingRequest");

const response = z
  .object({
    object: z.literal("list"),
    data: z.array(
      z.object({
        object: z.literal("embedding"),
        index: z.int(),
        embedding: z.union([z.array(z.number()), z.string()]),
      }),
    ),
    model: z.string(),
    usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .openapi("EmbeddingResponse");

const route = createRoute({
  method: "post",
  path: "/v1/embeddings",
  tags: ["OpenAI"],
  summary: "Texts as vectors",
  request: { body: { required: true, content: { "application/json": { schema: request } } } },
  responses: { 200: { description: "The vectors", content: { "application/json": { schema: response } } } },
});

/** `/v1/embeddings` of OpenAI's API, with `pooling` and `normalize` beside. Of causal models too. */
export const embeddingsRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    const { dimensions, pooling, normalize, encoding_format: format } = body;
    return withWork(c, context, body.model, async (work) => {
      const { model, signal } = work;
      const rows = await encodeTexts(model, body.input, { param: "input", signal });
      checkTextLengths(model, rows, "input");
      const atOnce = await work.admit(rows.length);
      const vectors = await mapBounded(rows, atOnce, (inputIds) =>
        model.engine.embed({
          inputIds,
          pooling: pooling ?? "mean",
          normalize: normalize ?? true,
          ...(dimensions && { dimensions }),
          signal,
        }),
      );
      const tokens = rows.reduce((sum, { length }) => sum + length, 0);
      const data = vectors.map((vector, index) => ({
        object: "embedding" as const,
        index,
        embedding: format === "base64" ? base64Floats(vector) : Array.from(vector),
      }));
      const usage = { prompt_tokens: tokens, total_tokens: tokens };
      return c.json({ object: "list" as const, data, model: model.id, usage }, 200);
    });
  });
};
