import { HeliumLmError, nearestName } from "@helium-lm/tensor";
import type { CliIo } from "./terminal/cli-io.ts";
import { version } from "./command.ts";
import { commands } from "./commands/index.ts";
import { describeOptions, describeRows, UsageError } from "./options/option-table.ts";
import { sharedOptions } from "./options/shared-options.ts";
import { printable } from "./terminal/style.ts";

/** What the process ends with. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, hungUp: 129, interrupted: 130, terminated: 143 } as const;

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
    io.stdout.write(overview());
    return;
  }
  if (name === "--version" || name === "-v") {
    io.stdout.write(`${version(io)}\n`);
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const known = Object.keys(commands);
    const nearest = nearestName(name, known);
    throw new UsageError(
      "helium",
      `unknown command ${JSON.stringify(name)}; expected ${known.join(", ")}, or --help; did you mean ${nearest}?`,
      { given: name, expected: known, nearest },
    );
  }
  await command.run(rest, io);
}

function overview(): string {
  const rows = Object.entries(commands).map(
    ([name, { operands, summary }]) => [`${name} ${operands}`, summary] as const,
  );
  const width = Math.max(...rows.map(([usage]) => usage.length));
  const list = describeRows(
    rows.map(([usage, summary]) => [`  ${usage}`, summary]),
    width + 4,
  );
  return (
    `helium <command> [options]: run language models on this machine\n\n${list}\n` +
    `Without --model, commands use a small model of their own. Options of all\ncommands that compute:\n\n` +
    `${describeOptions(sharedOptions)}\nFor all options of a command, see helium <command> --help.\n`
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
