import { createRoute, z } from "@hono/zod-openapi";
import type { RouteModule } from "../http/serve-app.ts";

const slot = z.object({ id: z.int(), is_processing: z.boolean(), n_ctx: z.int().nullable() }).openapi("Slot");

const route = createRoute({
  method: "get",
  path: "/slots",
  tags: ["llama-server"],
  summary: "Which of the places for texts are taken",
  responses: {
    200: { description: "One entry for each place", content: { "application/json": { schema: z.array(slot) } } },
  },
});

/** `/slots` of llama-server: places are taken from the first on; a text has no place of its own here. */
export const slotsRoutes: RouteModule = (app, { admission, registry }) => {
  app.openapi(route, (c) => {
    const lengths = registry.states.map(({ model }) => model?.contextLength ?? 0);
    const longest = Math.max(0, ...lengths);
    const slots = Array.from({ length: admission.maxSequences }, (_, id) => ({
      id,
      is_processing: id < admission.running,
      n_ctx: longest > 0 ? longest : null,
    }));
    return c.json(slots, 200);
  });
};
