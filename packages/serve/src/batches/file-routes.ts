import { createRoute, z } from "@hono/zod-openapi";
import type { RouteModule } from "../http/serve-app.ts";
import { fileObject, pageBody, pageFields, pageQuery } from "./batch-object.ts";
import { requiredService } from "./required-service.ts";

const tags = ["Batches"];
const params = z.object({ file_id: z.string() });
const file = { "application/json": { schema: fileObject } };

const create = createRoute({
  method: "post",
  path: "/v1/files",
  tags,
  summary: "Keeps a file of requests",
  request: {
    body: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: z.object({
            file: z.any().openapi({ type: "string", format: "binary" }),
            purpose: z.enum(["batch"]),
          }),
        },
      },
    },
  },
  responses: { 200: { description: "The file", content: file } },
});

const list = createRoute({
  method: "get",
  path: "/v1/files",
  tags,
  summary: "The files of this key",
  request: {
    query: z.object({
      ...pageQuery,
      purpose: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(10_000).optional(),
      order: z.enum(["asc", "desc"]).optional(),
    }),
  },
  responses: {
    200: {
      description: "A page of them",
      content: { "application/json": { schema: z.object({ ...pageFields, data: z.array(fileObject) }) } },
    },
  },
});

const retrieve = createRoute({
  method: "get",
  path: "/v1/files/{file_id}",
  tags,
  summary: "What is known of a file",
  request: { params },
  responses: { 200: { description: "The file", content: file } },
});

const remove = createRoute({
  method: "delete",
  path: "/v1/files/{file_id}",
  tags,
  summary: "Deletes a file",
  request: { params },
  responses: {
    200: {
      description: "It is gone",
      content: {
        "application/json": {
          schema: z.object({ id: z.string(), object: z.literal("file"), deleted: z.literal(true) }),
        },
      },
    },
  },
});

const content = createRoute({
  method: "get",
  path: "/v1/files/{file_id}/content",
  tags,
  summary: "The bytes of a file",
  request: { params },
  responses: {
    200: {
      description: "Its lines",
      content: { "application/octet-stream": { schema: z.any().openapi({ type: "string", format: "binary" }) } },
    },
  },
});

/** `/v1/files` of OpenAI's API, for the inputs and outputs of batches. */
export const fileRoutes: RouteModule = (app, context) => {
  // The form is read as it comes, by whoever keeps it, and not by the router, which would have it in memory.
  app.openAPIRegistry.registerPath(create);
  app.post("/v1/files", async (c) => {
    const { service, owner } = requiredService(c, context);
    return c.json(await service.files.receive(c.req.raw, owner), 200);
  });
  app.openapi(list, (c) => {
    const { service, owner } = requiredService(c, context);
    const { limit = 10_000, ...query } = c.req.valid("query");
    return c.json(pageBody(service.files.list(owner, { ...query, limit })), 200);
  });
  app.openapi(retrieve, (c) => {
    const { service, owner } = requiredService(c, context);
    return c.json(service.files.find(owner, c.req.valid("param").file_id), 200);
  });
  app.openapi(remove, async (c) => {
    const { service, owner } = requiredService(c, context);
    const { file_id: id } = c.req.valid("param");
    await service.files.remove(owner, id);
    return c.json({ id, object: "file" as const, deleted: true as const }, 200);
  });
  app.openapi(content, async (c) => {
    const { service, owner } = requiredService(c, context);
    const { file: found, stream } = await service.files.content(owner, c.req.valid("param").file_id);
    return c.body(stream, 200, {
      "content-type": "application/octet-stream",
      "content-length": String(found.bytes),
      // Whatever was uploaded, no browser shows it as a page of this server.
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
    });
  });
};
