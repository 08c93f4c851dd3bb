export type { CliIo, TextSink } from "./terminal/cli-io.ts";
export { exitCodes, run } from "./run.ts";
export { UsageError } from "./usage-error.ts";
