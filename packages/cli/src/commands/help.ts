import { defineCommand, type Command } from "../command.ts";
import { commandNamed, type CommandGroups, type CommandTable } from "../command-table.ts";
import { UsageError } from "../options/option-table.ts";
import { overview } from "../overview.ts";
import { textWidth } from "../terminal/text-layout.ts";

/** `helium help`; the commands are asked for when it runs, since it is one of them. */
export const helpCommand = (groups: () => CommandGroups): Command =>
  defineCommand({
    name: "help",
    operands: "[command]",
    operandKinds: ["command"],
    summary: "explain a command",
    details: "Shows what a command does, with examples and all its options; without a command, the list of all.",
    examples: [
      ["helium help", "all commands"],
      ["helium help chat", "how to chat; the same as helium chat --help"],
    ],
    options: {},
    without: ["model", "backend", "gpujsMode", "codegen", "threads", "json"],
    run: async ({ positionals }, { stdout }) => {
      const [name, ...more] = positionals;
      if (more.length > 0)
        throw new UsageError("helium help", `explains one command, but ${positionals.length} were given`);
      const width = textWidth(stdout);
      const commands = Object.assign({}, ...Object.values(groups())) as CommandTable;
      stdout.write(name === undefined ? overview(groups(), width) : commandNamed(name, commands).help(width));
    },
  });
