import { EngineWorkerError } from "@helium-lm/helium";
import { ApiError } from "../errors.ts";

/**
 * What a log says of a failure of ours: its name, where it happened, and its message where that is certain to hold nothing of a
 * prompt or an answer.
 */
export function errorFacts(error: Error): Readonly<Record<string, unknown>> {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const isOurs = error instanceof ApiError || error instanceof EngineWorkerError;
  return { error: error.name, ...(isOurs && { reason: error.message }), stack: frames.join("\n") };
}
