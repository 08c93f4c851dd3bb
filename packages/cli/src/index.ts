export type { CliIo, TextSink } from "./terminal/cli-io.ts";
export { exitCodes, run } from "./run-command-line.ts";
export { UsageError } from "./options/option-table.ts";
