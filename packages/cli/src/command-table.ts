import { nearestName } from "@helium-lm/tensor";
import type { Command } from "./command.ts";
import { UsageError } from "./options/option-table.ts";

/** Commands by their names. */
export type CommandTable = Readonly<Record<string, Command>>;

/** Commands by the headings that they are listed under. */
export type CommandGroups = Readonly<Record<string, CommandTable>>;

/** @throws UsageError for a name that is none, with the nearest one */
export function commandNamed(name: string, commands: CommandTable): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const known = Object.keys(commands);
  const nearest = nearestName(name, known);
  throw new UsageError(
    "helium",
    `unknown command ${JSON.stringify(name)}; expected ${known.join(", ")}, or --help; did you mean ${nearest}?`,
    { given: name, expected: known, nearest },
  );
}
