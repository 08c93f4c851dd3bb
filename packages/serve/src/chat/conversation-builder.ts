import type { ChatMessage } from "@helium-lm/helium";
import { invalidRequest } from "../errors.ts";

interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
}

// A type, not an interface: templates may read any key of a message.
type Turn = {
  readonly role: "system" | "user" | "assistant" | "tool";
  content: string;
  reasoning_content?: string;
  tool_calls?: ToolCall[];
  readonly tool_call_id?: string;
  readonly name?: string;
};

/**
 * Makes the messages that chat templates know of what other APIs give in smaller pieces: thoughts, text and calls of one
 * answer become one message.
 */
export class ConversationBuilder {
  readonly #turns: Turn[] = [];
  /** Names of the functions called, by the call's id. */
  readonly #calls = new Map<string, string>();

  get messages(): readonly ChatMessage[] {
    return this.#turns;
  }

  /** An instruction; such that follow one another are one message, since many templates take one only. */
  system(text: string): void {
    const last = this.#turns.at(-1);
    if (last?.role === "system") last.content += `\n\n${text}`;
    else this.#turns.push({ role: "system", content: text });
  }

  user(text: string): void {
    this.#turns.push({ role: "user", content: text });
  }

  /** What the model answered; a second text begins an answer of its own. */
  assistantText(text: string): void {
    const last = this.#assistant(({ content, tool_calls: calls }) => content === "" && calls === undefined);
    last.content += text;
  }

  /** What the model thought before it answered. */
  reasoning(text: string): void {
    const last = this.#assistant(({ content, tool_calls: calls }) => content === "" && calls === undefined);
    last.reasoning_content = (last.reasoning_content ?? "") + text;
  }

  /** A call that the model made, behind its text. */
  toolCall(id: string, name: string, args: Readonly<Record<string, unknown>>): void {
    const last = this.#assistant(() => true);
    (last.tool_calls ??= []).push({ id, type: "function", function: { name, arguments: args } });
    this.#calls.set(id, name);
  }

  /** What a call gave. @throws ApiError where no call before it has this id */
  toolResult(id: string, text: string, param: string): void {
    const name = this.#calls.get(id);
    if (name === undefined)
      throw invalidRequest(
        param,
        `"${id}" is the id of no call before it${this.#calls.size === 0 ? "" : `; there are ${[...this.#calls.keys()].join(", ")}`}`,
      );
    this.#turns.push({ role: "tool", content: text, tool_call_id: id, name });
  }

  /** The last message, where it is the assistant's and has room; a new one otherwise. */
  #assistant(hasRoom: (turn: Turn) => boolean): Turn {
    const last = this.#turns.at(-1);
    if (last?.role === "assistant" && hasRoom(last)) return last;
    const turn: Turn = { role: "assistant", content: "" };
    this.#turns.push(turn);
    return turn;
  }
}
