import { EngineWorkerError } from "@helium-lm/helium";
import { ApiError } from "../errors.ts";
import type { ServerLog } from "../server-log.ts";
import type { ServeContext } from "./serve-app.ts";

/**
 * What a log says of a failure of ours: its name, where it happened, and its message where that is certain to hold nothing of a
 * prompt or an answer.
 */
function errorFacts(error: Error): Readonly<Record<string, unknown>> {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const isOurs = error instanceof ApiError || error instanceof EngineWorkerError;
  return { error: error.name, ...(isOurs && { reason: error.message }), stack: frames.join("\n") };
}

/** Writes a failure of ours into the log, under the request's id. */
export function logFailure(log: ServerLog, c: ServeContext, error: unknown): void {
  const thrown = error instanceof Error ? error : new Error(String(error));
  log.error({ requestId: c.get("requestId"), path: c.req.path, ...errorFacts(thrown) }, "failed");
}
