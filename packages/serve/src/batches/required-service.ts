import { ApiError } from "../errors.ts";
import type { ServeContext, ServerContext } from "../http/serve-app.ts";
import type { BatchService } from "./batch-service.ts";

/** The service of a route, and whose files and batches it is asked for. @throws ApiError 501 where there is none */
export function requiredService(
  c: ServeContext,
  { batches }: ServerContext,
): { readonly service: BatchService; readonly owner: string } {
  if (batches === null)
    throw new ApiError(
      c.req.path,
      "is off: this server keeps no files; start it with --files-folder, or use `helium batch`",
      { status: 501, type: "invalid_request_error", code: "unsupported_operation" },
    );
  return { service: batches, owner: batches.ownerOf(c.get("keyDigest")) };
}
