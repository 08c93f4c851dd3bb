import type { EngineToken } from "@helium-lm/helium";
import type { ChatEvent } from "../chat/chat-event.ts";
import { argumentsValue } from "../chat/past-calls.ts";

export interface OllamaCall {
  readonly id: string;
  readonly function: { readonly index: number; readonly name: string; readonly arguments: unknown };
}

/** A piece of an answer, or all of it. */
export interface AnswerPart {
  readonly content: string;
  readonly thinking: string;
  readonly calls: readonly OllamaCall[];
  readonly tokens: readonly EngineToken[];
}

export const emptyPart: AnswerPart = { content: "", thinking: "", calls: [], tokens: [] };

/** Pieces as one. */
export const joinParts = (parts: readonly AnswerPart[]): AnswerPart => ({
  content: parts.map(({ content }) => content).join(""),
  thinking: parts.map(({ thinking }) => thinking).join(""),
  calls: parts.flatMap(({ calls }) => calls),
  tokens: parts.flatMap(({ tokens }) => tokens),
});

interface BegunCall {
  readonly id: string;
  readonly name: string;
  json: string;
}

/** Makes pieces of the events of an answer; a call is one piece, once it is whole. */
export class AnswerParts {
  #call: BegunCall | null = null;
  #count = 0;

  push(event: ChatEvent): readonly AnswerPart[] {
    switch (event.kind) {
      case "content":
        return [...this.#endCall(), { ...emptyPart, content: event.text, tokens: event.tokens }];
      case "reasoning":
        return [...this.#endCall(), { ...emptyPart, thinking: event.text, tokens: event.tokens }];
      case "tool-call": {
        const before = this.#endCall();
        this.#call = { id: event.id, name: event.name, json: "" };
        return before;
      }
      case "tool-arguments":
        if (this.#call) this.#call.json += event.text;
        return [];
      case "end":
        return this.#endCall();
    }
  }

  #endCall(): readonly AnswerPart[] {
    if (!this.#call) return [];
    const { id, name, json } = this.#call;
    this.#call = null;
    const call = { id, function: { index: this.#count++, name, arguments: argumentsValue(json) } };
    return [{ ...emptyPart, calls: [call] }];
  }
}
