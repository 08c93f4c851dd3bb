import { format } from "prettier";
import type { Command } from "../../packages/cli/src/command.ts";
import type { CommandGroups } from "../../packages/cli/src/command-table.ts";
import { exitCodes, exitCodeTexts } from "../../packages/cli/src/exit-codes.ts";
import {
  optionName,
  type Flag,
  type OptionTable,
  type ValueOption,
} from "../../packages/cli/src/options/option-table.ts";
import { sharedOptions } from "../../packages/cli/src/options/shared-options.ts";
import { variableOf } from "../../packages/cli/src/settings/environment-settings.ts";
import { generalOptions } from "../../packages/cli/src/settings/general-options.ts";

/** docs/cli.md, made of the tables that the command reads its options by. */
export function cliPage(groups: CommandGroups): Promise<string> {
  const commands = Object.values(groups).flatMap((group) => Object.entries(group));
  const page = `# The \`helium\` command

Made by \`node scripts/cli-page/write-cli-page.ts\` of the tables of commands and options; \`helium help <command>\` shows the same.

${table(
  ["command", "does"],
  commands.map(([name, { summary }]) => [`[\`${name}\`](#helium-${name})`, escaped(summary)]),
)}

Results go to stdout; errors, progress and measurements to stderr, progress only where that is a terminal. Colours are for
terminals, and \`NO_COLOR\` turns them off. What a command prints ends quietly when its reader has enough (\`helium models | head -1\`).
An error is one line, with \`--json\` an object \`{"error": {"name", "subject", "message", "details"}}\`.

${table(
  ["exit code", "means"],
  Object.entries(exitCodes).map(([name, code]) => [`${code}`, exitCodeTexts[name as keyof typeof exitCodes]]),
)}

## Options of all commands

Those of the first table are for commands that compute, those of the last for commands that load a model; \`helium help <command>\`
has them where a command takes them.

${optionTables({ ...sharedOptions, ...generalOptions })}

A setting (see [\`helium config\`](#helium-config)) of an option without a value is turned off by \`--no-…\`, such as \`--no-strict\`. The variables
that set options for all commands are ${Object.keys(generalOptions)
    .map((key) => `\`${variableOf(null, key)}\``)
    .join(", ")}; for one command its name goes between, as in
\`${variableOf("chat", "temperature")}\`.

${Object.entries(groups)
  .map(([heading, group]) => `## ${heading}\n\n${Object.entries(group).map(section).join("\n\n")}`)
  .join("\n\n")}
`;
  return format(page, { parser: "markdown", printWidth: 120 });
}

function section([name, command]: readonly [string, Command]): string {
  const { operands, details, examples, options } = command;
  const general = { ...sharedOptions, ...generalOptions } as OptionTable;
  const own = Object.fromEntries(Object.entries(options).filter(([key, { help }]) => general[key]?.help !== help));
  const lines = examples.flatMap(([line, does]) => [`# ${does}`, line]);
  return [
    `### helium ${name}`,
    `\`\`\`text\n${["helium", name, operands, "[options]"].filter(Boolean).join(" ")}\n\`\`\``,
    ...details.split("\n\n").map((block) => (block.startsWith(" ") ? `\`\`\`json\n${block}\n\`\`\`` : escaped(block))),
    `\`\`\`sh\n${lines.join("\n")}\n\`\`\``,
    ...(Object.keys(own).length > 0 ? [optionTables(own)] : []),
  ].join("\n\n");
}

/** A table for each group. */
function optionTables(options: OptionTable): string {
  const groups = new Map<string, string[][]>([["option", []]]);
  for (const [key, option] of Object.entries(options)) {
    const { group = "option" } = option;
    const rows = groups.get(group) ?? [];
    groups.set(group, rows);
    rows.push([`\`${spelling(key, option)}\``, escaped(option.help)]);
  }
  return [...groups]
    .filter(([, rows]) => rows.length > 0)
    .map(([group, rows]) => table([group.toLowerCase(), "does"], rows))
    .join("\n\n");
}

function spelling(key: string, option: Flag | ValueOption<unknown>): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return `${short}${optionName(key)}${option.kind === "value" ? ` <${option.placeholder}>` : ""}`;
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

/** Text of the help as Markdown: what looks like code is shown as such, so that none of its signs has a meaning. */
function escaped(text: string): string {
  const start = text.indexOf('{"');
  if (start >= 0) {
    const end = objectEnd(text, start);
    return `${escaped(text.slice(0, start))}\`${text.slice(start, end)}\`${escaped(text.slice(end))}`;
  }
  return text.replace(
    /https?:\/\/[^\s;,]+[^\s;,.]|--[\w-]+|[<$%][\w./<>@:[\]$%{}-]*[\w>%]|\b[\w-]+\.\w*<[^\s]*|(?<=\s)[*_](?=\s)|"""/g,
    "`$&`",
  );
}

/** Where the braces that open at `start` are all closed. */
function objectEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at + 1;
  }
  return text.length;
}
