import { OpenAPIHono } from "@hono/zod-openapi";
import { ApiError } from "../errors.ts";
import { routes } from "../routes.ts";
import { errorResponse } from "./error-response.ts";
import { invalidBody } from "./invalid-body.ts";
import { newId } from "./new-id.ts";
import type { ServeApp, ServerContext } from "./serve-app.ts";
import { toApiError } from "./to-api-error.ts";

/** The application: middleware, all routes, and what is said of failures. */
export function createApp(context: ServerContext): ServeApp {
  const app: ServeApp = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalidBody(result.error);
    },
  });
  app.use(async (c, next) => {
    const given = c.req.header("x-request-id");
    c.set("requestId", given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : newId("req"));
    c.set("cacheSalt", "");
    c.header("x-request-id", c.get("requestId"));
    await next();
  });
  for (const add of routes) add(app, context);
  app.notFound((c) =>
    errorResponse(
      c,
      new ApiError("path", `${c.req.method} ${c.req.path} is not served; /openapi.json lists what is`, {
        status: 404,
        type: "not_found_error",
        code: "unknown_url",
      }),
      c.get("requestId"),
    ),
  );
  app.onError((error, c) => {
    const told = toApiError(error);
    const requestId = c.get("requestId");
    if (told.status >= 500)
      context.options.log.error({ requestId, path: c.req.path, error: String(error), stack: error.stack }, "failed");
    return errorResponse(c, told, requestId);
  });
  return app;
}
