import { createRoute, z } from "@hono/zod-openapi";
import type { RouteModule } from "../http/serve-app.ts";
import { engineGauges } from "./engine-gauges.ts";
import { exposition, EXPOSITION_TYPE } from "./exposition.ts";

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  tags: ["Server"],
  summary: "Figures in Prometheus' text format",
  description: "Under our names, `helium_…`, and under vLLM's, so that routers that know its servers know this one.",
  responses: { 200: { description: "The figures", content: { "text/plain": { schema: z.string() } } } },
});

export const metricsRoutes: RouteModule = (app, context) => {
  app.openapi(metricsRoute, async (c) => {
    const families = [...(await engineGauges(context)), ...context.metrics.families];
    return c.body(exposition(families), 200, { "content-type": EXPOSITION_TYPE }) as never;
  });
};
