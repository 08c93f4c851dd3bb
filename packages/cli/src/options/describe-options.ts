import { describeRows } from "../terminal/text-layout.ts";
import { optionName, type Flag, type OptionTable, type ValueOption } from "./option-table.ts";

/** Column where the texts of the help begin. */
const TEXT_COLUMN = 28;

/** Help of each option in lines of `width` columns at most, under the headings of their groups. */
export function describeOptions(table: OptionTable, width: number): string {
  const groups = new Map<string, [string, Flag | ValueOption<unknown>][]>([["Options", []]]);
  for (const [key, option] of Object.entries(table)) {
    const { group = "Options" } = option;
    const entries = groups.get(group) ?? [];
    groups.set(group, entries);
    entries.push([key, option]);
  }
  return [...groups]
    .filter(([, entries]) => entries.length > 0)
    .map(([group, entries]) => `${group}:\n${describeRows(entries.map(row), TEXT_COLUMN, width)}`)
    .join("\n");
}

/** `-h, --help`, `--seed <n>` with what they do. */
function row([key, option]: readonly [string, Flag | ValueOption<unknown>]): readonly [string, string] {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.kind === "flag" ? "" : ` <${option.placeholder}>`;
  return [`  ${short}${optionName(key)}${value}`, option.help];
}
