import type { ChatCommand } from "./chat-command.ts";
import { fileCommands } from "./file-commands.ts";
import { settingCommands } from "./setting-commands.ts";
import { turnCommands } from "./turn-commands.ts";

const { clear, undo, regenerate, system, exit } = turnCommands;

/** All commands, in the order of the help, which is one of its own. */
export const chatCommands: Readonly<Record<string, ChatCommand>> = {
  ...{ clear, undo, regenerate, system },
  ...settingCommands,
  ...fileCommands,
  exit,
};
