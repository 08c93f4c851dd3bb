import type { CommandGroups } from "./command-table.ts";
import { exitCodes, exitCodeTexts } from "./exit-codes.ts";
import { describeOptions } from "./options/describe-options.ts";
import { sharedOptions } from "./options/shared-options.ts";
import { describeRows, wrapWords } from "./terminal/text-layout.ts";

/** Column where the texts of commands begin. */
const TEXT_COLUMN = 14;

/** What `helium --help` prints: all commands, and what holds for each. */
export function overview(groups: CommandGroups, width: number): string {
  const lists = Object.entries(groups).map(([heading, commands]) => {
    const rows = Object.entries(commands).map(([name, { summary }]) => [`  ${name}`, summary] as const);
    return `${heading}:\n${describeRows(rows, TEXT_COLUMN, width)}`;
  });
  const codes = Object.entries(exitCodes).map(
    ([name, code]) => [`  ${code}`, exitCodeTexts[name as keyof typeof exitCodes]] as const,
  );
  return [
    "helium <command> [options]: run language models on this machine\n",
    ...lists,
    `${wrapWords("Without --model, commands use a small model of their own. Options of all commands that compute:", width).join("\n")}\n`,
    describeOptions(sharedOptions, width),
    `Exit codes:\n${describeRows(codes, TEXT_COLUMN - 6, width)}`,
    `${wrapWords("helium help <command> has all options of a command, and examples.", width).join("\n")}\n`,
  ].join("\n");
}
