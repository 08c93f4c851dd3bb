import { OpenAPIHono } from "@hono/zod-openapi";
import { ApiError } from "../errors.ts";
import { middleware } from "../middleware/index.ts";
import { routes } from "../routes.ts";
import { logFailure } from "./error-facts.ts";
import { errorResponse } from "./error-response.ts";
import { invalidBody } from "./invalid-body.ts";
import type { ServeApp, ServerContext } from "./serve-app.ts";
import { toApiError } from "./to-api-error.ts";

/** The application: middleware, all routes, and what is said of failures. */
export function createApp(context: ServerContext): ServeApp {
  const app: ServeApp = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalidBody(result.error);
    },
  });
  for (const add of middleware) add(app, context);
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
    if (told.status >= 500) logFailure(context.options.log, c, error);
    return errorResponse(c, told, requestId);
  });
  return app;
}
