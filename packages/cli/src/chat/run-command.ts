import { nearestName } from "@helium-lm/tensor";
import { UsageError } from "../options/option-table.ts";
import { describeRows } from "../terminal/text-layout.ts";
import { said, type ChatCommand, type Outcome } from "./commands/chat-command.ts";
import { chatCommands } from "./commands/index.ts";
import type { Conversation } from "./conversation.ts";

const help: ChatCommand = {
  argument: "",
  summary: "show this",
  aliases: ["?"],
  run: () => said(...helpLines()),
};

const commands: Readonly<Record<string, ChatCommand>> = { ...chatCommands, help };

/** A message, or a command with what follows its name. */
export type Input =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "command"; readonly name: string; readonly argument: string };

/**
 * What a user means. A message that begins with a slash is written with two; a path with several slashes is one as it is.
 */
export function inputOf(text: string): Input {
  if (text.startsWith("//")) return { kind: "message", text: text.slice(1) };
  const [, name, argument = ""] = /^\/([a-z?][\w?-]*)(?:\s+([^]*))?$/i.exec(text) ?? [];
  return name === undefined
    ? { kind: "message", text }
    : { kind: "command", name: name.toLowerCase(), argument: argument.trim() };
}

/** Does what a command says. @throws UsageError for an unknown one, and what the command throws */
export async function runCommand(name: string, argument: string, conversation: Conversation): Promise<Outcome> {
  const command = commandNamed(name);
  if (command === undefined) {
    const known = Object.keys(commands).map((one) => `/${one}`);
    throw new UsageError(
      `/${name}`,
      `is no command; did you mean ${nearestName(`/${name}`, known)}? /help lists them, and a message that begins with a slash is written with two`,
      { given: `/${name}`, expected: known },
    );
  }
  return command.run(argument, conversation);
}

const commandNamed = (name: string): ChatCommand | undefined =>
  Object.hasOwn(commands, name)
    ? commands[name]
    : Object.values(commands).find(({ aliases }) => aliases?.includes(name));

/** What can stand in place of the text from `start` on, of a text up to the cursor; for Tab. */
export function completeCommand(
  text: string,
): { readonly start: number; readonly candidates: readonly string[] } | null {
  const [, name, space = "", argument = ""] = /^\/([a-z]*)(\s+)?(.*)$/.exec(text) ?? [];
  if (name === undefined) return null;
  if (space === "") {
    const names = Object.keys(commands).filter((one) => one.startsWith(name));
    return { start: 0, candidates: names.map((one) => `/${one}`) };
  }
  const candidates = commandNamed(name)?.complete?.(argument) ?? [];
  return { start: 1 + name.length + space.length, candidates };
}

/** Columns of the help. */
const [COLUMN, WIDTH] = [22, 79];

function helpLines(): string[] {
  const rows = Object.entries(commands).map(([name, { argument, summary, aliases = [] }]) => {
    const others = aliases.length === 0 ? "" : ` (also ${aliases.map((alias) => `/${alias}`).join(", ")})`;
    return [`/${name} ${argument}`.trimEnd(), summary + others] as const;
  });
  const keys = [
    ["Alt-Enter, Ctrl-J", 'a new line; so does Enter behind a backslash, and between two lines of """'],
    ["Up, Down, Ctrl-R", "earlier messages; search them"],
    ["Tab", "complete a command, a setting or the name of a file"],
    ["Ctrl-C", "stop the answer; drop what is being written"],
  ] as const;
  return [
    ...describeRows(rows, COLUMN, WIDTH).trimEnd().split("\n"),
    "",
    ...describeRows(keys, COLUMN, WIDTH).trimEnd().split("\n"),
  ];
}
