import { mapBounded } from "@helium-lm/nn";
import { createRoute, z } from "@hono/zod-openapi";
import { checkTextLengths, encodeTexts, textInputs } from "../generation/text-inputs.ts";
import { newId, unixSeconds } from "../http/new-id.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";
import { labelNames } from "./label-names.ts";
import { softmax } from "./softmax.ts";

const response = z
  .object({
    id: z.string(),
    object: z.literal("list"),
    created: z.int(),
    model: z.string(),
    data: z.array(
      z.object({
        index: z.int(),
        label: z.string().openapi({ description: "The likeliest label" }),
        probs: z.array(z.number()).openapi({ description: "The probability of each label, in the order of labels" }),
        labels: z.array(z.string()),
        num_classes: z.int(),
      }),
    ),
    usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .openapi("ClassifyResponse");

const route = createRoute({
  method: "post",
  path: "/v1/classify",
  tags: ["Other heads"],
  summary: "A label for each text, by a model that classifies",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.looseObject({ model: z.string().nullish(), input: textInputs }).openapi("ClassifyRequest"),
        },
      },
    },
  },
  responses: { 200: { description: "The labels", content: { "application/json": { schema: response } } } },
});

/** `/v1/classify`, as vLLM's `/classify` with the names of the labels beside. */
export const classifyRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    return withWork(c, context, body.model, async (work) => {
      const { model, signal } = work;
      const rows = await encodeTexts(model, body.input, { param: "input", signal });
      checkTextLengths(model, rows, "input");
      const atOnce = await work.admit(rows.length);
      const logits = await mapBounded(rows, atOnce, (inputIds) => model.engine.classify({ inputIds, signal }));
      const labels = labelNames(model);
      const tokens = rows.reduce((sum, { length }) => sum + length, 0);
      const data = logits.map((row, index) => {
        const probs = softmax(row);
        const best = probs.indexOf(Math.max(...probs));
        return { index, label: labels[best] ?? String(best), probs, labels: [...labels], num_classes: probs.length };
      });
      return c.json(
        {
          id: newId("classify"),
          object: "list" as const,
          created: unixSeconds(),
          model: model.id,
          data,
          usage: { prompt_tokens: tokens, total_tokens: tokens },
        },
        200,
      );
    });
  });
};
