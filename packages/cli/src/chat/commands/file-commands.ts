import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../options/option-table.ts";
import type { Conversation } from "../conversation.ts";
import { loadConversation, saveConversation } from "../saved-conversation.ts";
import { done, type ChatCommand } from "./chat-command.ts";

/** `~/a` is in the user's own folder. */
const pathOf = (given: string): string => (/^~(\/|$)/.test(given) ? join(homedir(), given.slice(1)) : given);

/** Files and folders whose names begin so; folders end with a slash. */
export function filesBeginning(given: string): readonly string[] {
  const folder = given.slice(0, given.lastIndexOf("/") + 1);
  const start = given.slice(folder.length);
  try {
    return readdirSync(pathOf(folder) || ".", { withFileTypes: true })
      .filter(({ name }) => name.startsWith(start) && (start !== "" || !name.startsWith(".")))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`)
      .sort();
  } catch {
    return [];
  }
}

/** What keeps conversations in files. */
export const fileCommands = {
  save: {
    argument: "FILE",
    summary: "write the conversation to a file, as JSON in OpenAI's format",
    complete: filesBeginning,
    run: async (argument, conversation) => {
      if (argument === "") throw new UsageError("/save", "needs the name of a file: /save chat.json");
      const { modelName, messages, settings, maxNewTokens } = conversation;
      if (messages.length === 0) throw new UsageError("/save", "has nothing to write; nothing was said yet");
      const { greedy, temperature, topK, topP, seed } = settings;
      const picked = { temperature: greedy ? 0 : temperature, topK, topP, seed, maxNewTokens };
      await saveConversation(pathOf(argument), { model: modelName, messages, settings: picked });
      return done(`saved ${counted(conversation)} to ${argument}`);
    },
  },
  load: {
    argument: "FILE",
    summary: "go on with a conversation from a file, with its settings",
    complete: filesBeginning,
    run: async (argument, conversation) => {
      if (argument === "") throw new UsageError("/load", "needs the name of a file: /load chat.json");
      const { model, messages, settings } = await loadConversation(pathOf(argument));
      if (!conversation.hasTemplate && messages[0]?.role === "system")
        throw new UsageError(
          "/load",
          `has a system message in ${argument}, but ${conversation.modelName} has no chat template to tell it by; remove it`,
        );
      conversation.replace(messages);
      conversation.settings = {
        ...conversation.settings,
        ...{ greedy: false, sample: false, temperature: undefined, topK: undefined, topP: undefined, seed: undefined },
        ...settings,
      };
      const notes = model === "" || model === conversation.modelName ? [] : [`it was had with ${model}`];
      if (messages.at(-1)?.role === "user") notes.push("its last message is not answered: /regenerate does that");
      return done([`loaded ${counted(conversation)} from ${argument}`, ...notes].join("; "));
    },
  },
} as const satisfies Readonly<Record<string, ChatCommand>>;

function counted({ messages }: Conversation): string {
  return `${messages.length} message${messages.length === 1 ? "" : "s"}`;
}
