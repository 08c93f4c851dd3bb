import { createRoute, z } from "@hono/zod-openapi";
import type { RouteModule, ServerContext } from "../http/serve-app.ts";

const status = z
  .object({
    status: z.enum(["ok", "loading", "draining", "failed"]),
    models: z.record(z.string(), z.enum(["unloaded", "loading", "loaded", "failed"])),
  })
  .openapi("Status");

const answers = {
  200: { description: "Yes", content: { "application/json": { schema: status } } },
  503: { description: "No", content: { "application/json": { schema: status } } },
};

const health = createRoute({
  method: "get",
  path: "/health",
  tags: ["Server"],
  summary: "Whether the server lives",
  description: "503 while it loads its first models; a server that is shutting down still lives.",
  responses: answers,
});

const ready = createRoute({
  method: "get",
  path: "/ready",
  tags: ["Server"],
  summary: "Whether requests should be sent here",
  description: "503 while the first models are loaded, when one of them could not be, and while the server shuts down.",
  responses: answers,
});

/** `/health` and `/ready`: liveness and readiness. */
export const healthRoutes: RouteModule = (app, context) => {
  app.openapi(health, (c) => {
    const body = statusOf(context);
    return c.json(body, body.status === "loading" ? 503 : 200);
  });
  app.openapi(ready, (c) => {
    const body = statusOf(context);
    return c.json(body, body.status === "ok" ? 200 : 503);
  });
};

function statusOf({ state: { phase }, registry }: ServerContext): z.infer<typeof status> {
  const models = Object.fromEntries(registry.states.map(({ id, state }) => [id, state]));
  if (phase === "draining") return { status: "draining", models };
  if (phase === "starting") return { status: "loading", models };
  return { status: Object.values(models).includes("failed") ? "failed" : "ok", models };
}
