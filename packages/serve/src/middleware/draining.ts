import { ApiError } from "../errors.ts";
import type { RouteModule } from "../http/serve-app.ts";

/** A server that is about to end takes no more work, and has its clients connect elsewhere. */
export const draining: RouteModule = (app, { options, state }) => {
  const open = new Set(options.openPaths);
  app.use(async (c, next) => {
    if (state.phase !== "draining") return next();
    c.header("connection", "close");
    if (open.has(c.req.path)) return next();
    throw new ApiError("server", "is shutting down; ask another one", {
      status: 503,
      type: "service_unavailable_error",
      code: "shutting_down",
      retryAfter: 1,
    });
  });
};
