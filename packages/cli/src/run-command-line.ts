import { HeliumLmError } from "@helium-lm/tensor";
import type { CliIo } from "./terminal/cli-io.ts";
import { version } from "./command.ts";
import { commandNamed } from "./command-table.ts";
import { commandGroups, commands } from "./commands/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { UsageError } from "./options/option-table.ts";
import { overview } from "./overview.ts";
import { settable } from "./settings/general-options.ts";
import { readSettings, settingLayers } from "./settings/read-settings.ts";
import { printable } from "./terminal/style.ts";
import { textWidth } from "./terminal/text-layout.ts";

/**
 * Runs one command line, `argv` without the program's name, and returns its exit code: 0 done, 1 it failed, 2 the command
 * line is wrong, 130 the signal of `io` stopped it. Errors are one line on stderr, with `--json` one JSON object
 * `{"error": {"name", "subject", "message", "details"}}`; only a fault of this program itself, which is no `HeliumLmError`,
 * comes with its stack.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    await dispatch(argv, io);
    return exitCodes.ok;
  } catch (error) {
    if (io.signal?.aborted) return exitCodes.interrupted;
    io.stderr.write(`${asksForJson(argv) ? JSON.stringify({ error: errorFields(error) }) : describe(error)}\n`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

async function dispatch([name, ...rest]: readonly string[], io: CliIo): Promise<void> {
  if (name === undefined || name === "--help" || name === "-h") {
    io.stdout.write(overview(commandGroups, textWidth(io.stdout)));
    return;
  }
  if (name === "--version" || name === "-v") {
    io.stdout.write(`${version(io)}\n`);
    return;
  }
  await commandNamed(name, commands).run(rest, io, async (command, options) =>
    // What has no settings goes on where they are wrong.
    Object.keys(settable(options)).length === 0
      ? []
      : settingLayers(await readSettings(io.env, commands), command, options),
  );
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  if (error instanceof HeliumLmError) return printable(error.message.replace(/\s*\n\s*/g, " "));
  return printable(error.stack ?? error.message);
}

/** Whether a command was given `--json`; what follows `--` is text. */
function asksForJson([, ...given]: readonly string[]): boolean {
  const end = given.indexOf("--");
  return (end < 0 ? given : given.slice(0, end)).includes("--json");
}

/** An error as data; of details those that JSON can hold. */
function errorFields(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  if (!(error instanceof HeliumLmError)) return { name, message, stack: error.stack };
  return { name, subject: error.subject, message, details: jsonValuesOf(error.details) };
}

/** JSON has neither cycles nor bigints, and a detail may be anything. */
function jsonValuesOf(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const values = Object.entries(details).flatMap(([name, value]): [string, unknown][] => {
    try {
      const text = JSON.stringify(value);
      return text === undefined ? [] : [[name, JSON.parse(text)]];
    } catch {
      return [[name, String(value)]];
    }
  });
  return Object.fromEntries(values);
}
