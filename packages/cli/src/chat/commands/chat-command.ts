import type { Conversation } from "../conversation.ts";

/** What follows a command. */
export type Outcome =
  /** What the user asked to see. */
  | { readonly kind: "said"; readonly lines: readonly string[] }
  /** What was done, for a person who reads along. */
  | { readonly kind: "done"; readonly line: string }
  /** The last message is answered again. */
  | { readonly kind: "regenerate" }
  | { readonly kind: "exit" };

/** A command that is typed in place of a message, as `/name argument`. */
export interface ChatCommand {
  /** Stands for the argument in the help; "" where there is none. */
  readonly argument: string;
  readonly summary: string;
  /** What else it is called, where users come from other programs. */
  readonly aliases?: readonly string[];
  /** What can follow it, up to the cursor; for Tab. */
  readonly complete?: (argument: string) => readonly string[];
  /** @throws HeliumLmError, with everything as it was */
  readonly run: (argument: string, conversation: Conversation) => Outcome | Promise<Outcome>;
}

export const said = (...lines: readonly string[]): Outcome => ({ kind: "said", lines });

export const done = (line: string): Outcome => ({ kind: "done", line });
