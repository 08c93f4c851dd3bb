export type { CliIo, TextSink } from "./terminal/cli-io.ts";
export { exitCodes } from "./exit-codes.ts";
export { run } from "./run-command-line.ts";
export { UsageError } from "./options/option-table.ts";
