import { createRoute, z } from "@hono/zod-openapi";
import type { RouteModule } from "../http/serve-app.ts";
import { batchObject, batchOrder, pageBody, pageFields, pageQuery } from "./batch-object.ts";
import { requiredService } from "./required-service.ts";

const tags = ["Batches"];
const params = z.object({ batch_id: z.string() });
const responses = { 200: { description: "The batch", content: { "application/json": { schema: batchObject } } } };

const create = createRoute({
  method: "post",
  path: "/v1/batches",
  tags,
  summary: "Begins to answer a file of requests",
  request: { body: { required: true, content: { "application/json": { schema: batchOrder } } } },
  responses,
});

const list = createRoute({
  method: "get",
  path: "/v1/batches",
  tags,
  summary: "The batches of this key, the newest first",
  request: { query: z.object({ ...pageQuery, limit: z.coerce.number().int().min(1).max(100).optional() }) },
  responses: {
    200: {
      description: "A page of them",
      content: { "application/json": { schema: z.object({ ...pageFields, data: z.array(batchObject) }) } },
    },
  },
});

const retrieve = createRoute({
  method: "get",
  path: "/v1/batches/{batch_id}",
  tags,
  summary: "How far a batch is",
  request: { params },
  responses,
});

const cancel = createRoute({
  method: "post",
  path: "/v1/batches/{batch_id}/cancel",
  tags,
  summary: "Ends a batch; what is answered by then is kept",
  request: { params },
  responses,
});

/** `/v1/batches` of OpenAI's API. */
export const batchRoutes: RouteModule = (app, context) => {
  app.openapi(create, async (c) => {
    const { service, owner } = requiredService(c, context);
    return c.json(await service.create(owner, c.req.valid("json")), 200);
  });
  app.openapi(list, (c) => {
    const { service, owner } = requiredService(c, context);
    const { limit = 20, ...query } = c.req.valid("query");
    return c.json(pageBody(service.list(owner, { ...query, limit })), 200);
  });
  app.openapi(retrieve, (c) => {
    const { service, owner } = requiredService(c, context);
    return c.json(service.find(owner, c.req.valid("param").batch_id), 200);
  });
  app.openapi(cancel, async (c) => {
    const { service, owner } = requiredService(c, context);
    return c.json(await service.cancel(owner, c.req.valid("param").batch_id), 200);
  });
};
