import { defineCommand, type Command } from "../command.ts";
import { commandNamed, type CommandGroups, type CommandTable } from "../command-table.ts";
import { UsageError } from "../options/option-table.ts";

/** `helium config`; the commands are asked for when it runs, since it is one of them. */
export const configCommand = (groups: () => CommandGroups): Command =>
  defineCommand({
    name: "config",
    operands: "[command]",
    operandKinds: ["command"],
    summary: "show the settings that hold, and where they come from",
    details: `Options can be set for every call. The file is helium/config.json in $XDG_CONFIG_HOME, or else in ~/.config, on Windows in
%APPDATA%; HELIUM_CONFIG names another one, and is empty for none. It is JSON, and may have comments: options by their names in
camel case, for all commands or in an object for one.

  {
    "model": "org/name",
    "chat": { "temperature": 0.7 }
  }

For all commands there are those about the model, the backend and loading. The environment comes before the file, HELIUM_CHAT_TEMPERATURE
before HELIUM_THREADS, and the command line before both: --no-greedy takes back what a setting turned on. A file with keys of
serve is refused where others can read it. Without a command all settings are shown, with one those that it uses. With --json, one
object is printed: {"path", "exists", "settings": [{"command", "key", "value", "source"}, …]}.`,
    examples: [
      ["helium config", "all settings, the file and its place"],
      ["helium config chat", "what helium chat uses of them"],
    ],
    options: {},
    without: ["model", "backend", "gpujsMode", "codegen", "threads"],
    run: async ({ options, positionals }, io) => {
      const [name, ...more] = positionals;
      if (more.length > 0)
        throw new UsageError("helium config", `takes one command, but ${positionals.length} were given`);
      const commands = Object.assign({}, ...Object.values(groups())) as CommandTable;
      const command = name === undefined ? null : { name, options: commandNamed(name, commands).options };
      await (await import("../runs/run-config.ts")).runConfig({ command, json: options.json }, commands, io);
    },
  });
