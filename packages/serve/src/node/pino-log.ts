import { pino, type DestinationStream } from "pino";
import type { ServerLog } from "../server-log.ts";

export type LogLevel = "silent" | "error" | "warn" | "info";

/** A log of lines of JSON, by pino. @param stream default: stdout */
export function pinoLog(level: LogLevel, stream?: DestinationStream): ServerLog {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return stream ? pino(options, stream) : pino(options);
}
