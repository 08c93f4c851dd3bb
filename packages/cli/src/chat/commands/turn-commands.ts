import { UsageError } from "../../options/option-table.ts";
import { done, said, type ChatCommand } from "./chat-command.ts";

/** What changes the course of a conversation. */
export const turnCommands = {
  clear: {
    argument: "",
    summary: "forget the conversation; the system message and the settings stay",
    aliases: ["reset"],
    run: (_, conversation) => {
      conversation.clear();
      return done("the conversation is forgotten");
    },
  },
  undo: {
    argument: "",
    summary: "take back the last message and its answer",
    run: (_, conversation) => {
      const message = conversation.undo();
      if (message === null) throw new UsageError("/undo", "has nothing to take back; nothing was said yet");
      return done(`taken back: ${startOf(message)}`);
    },
  },
  regenerate: {
    argument: "",
    summary: "answer the last message again",
    aliases: ["regen", "retry"],
    run: (_, conversation) => {
      if (conversation.messages.every(({ role }) => role !== "user"))
        throw new UsageError("/regenerate", "has nothing to answer again; nothing was said yet");
      return { kind: "regenerate" };
    },
  },
  system: {
    argument: "[TEXT]",
    summary: 'tell the model what it is to be like; /system "" nothing, alone: show it',
    run: (argument, conversation) => {
      if (argument === "") return said(conversation.system ?? "there is no system message");
      if (!conversation.hasTemplate)
        throw new UsageError("/system", `needs a model with a chat template; ${conversation.modelName} has none`);
      const system = argument === '""' ? undefined : argument;
      conversation.setSystem(system);
      return done(system === undefined ? "the system message is gone" : "the system message is set");
    },
  },
  exit: {
    argument: "",
    summary: "end; so do Ctrl-D and Ctrl-C twice",
    aliases: ["bye", "quit"],
    run: () => ({ kind: "exit" }),
  },
} as const satisfies Readonly<Record<string, ChatCommand>>;

/** Characters of a message that tell which one it is. */
const SHOWN = 60;

function startOf(message: string): string {
  const [line = "", ...others] = message.split("\n");
  return line.length <= SHOWN && others.length === 0 ? line : `${line.slice(0, SHOWN)}…`;
}
