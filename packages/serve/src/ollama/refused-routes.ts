import { ApiError } from "../errors.ts";
import type { RouteModule } from "../http/serve-app.ts";

/** Parts of Ollama's API that change which models there are. */
const refused = [
  ["POST", "/api/pull"],
  ["POST", "/api/push"],
  ["POST", "/api/create"],
  ["POST", "/api/copy"],
  ["DELETE", "/api/delete"],
  ["POST", "/api/blobs/:digest"],
  ["HEAD", "/api/blobs/:digest"],
] as const;

/** Says that the models of a server are chosen when it is started. */
export const refusedRoutes: RouteModule = (app) => {
  for (const [method, path] of refused)
    app.on(method, path, (c) => {
      throw new ApiError(
        c.req.path,
        "is not done by this server: its models are chosen when it is started; `helium pull` gets one, `helium serve` serves it",
        { status: 501, type: "invalid_request_error", code: "unsupported_operation" },
      );
    });
};
