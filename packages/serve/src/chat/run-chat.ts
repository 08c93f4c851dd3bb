import type { EngineToken } from "@helium-lm/helium";
import type { CompletionEvent } from "../generation/completion.ts";
import { runCompletion, type CompletionRun } from "../generation/run-completion.ts";
import type { ChatEvent } from "./chat-event.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { OutputParser, OutputPart } from "./output-parser.ts";
import type { PreparedChat } from "./prepare-chat.ts";

/** The answers of a request as they are written; see `CompletionRun`. */
export interface ChatRun extends Pick<CompletionRun, "usage"> {
  readonly events: AsyncIterable<ChatEvent>;
  /** Tokens of thoughts so far, of all answers. */
  readonly reasoningTokens: number;
}

/** Begins the answers of a conversation, after its admission. @throws ApiError for one that is too long */
export function runChat(request: ChatRequest, prepared: PreparedChat, signal: AbortSignal): ChatRun {
  const { promptIds, grammar, shownSpecialIds, openParser, newCallId } = prepared;
  const run = runCompletion({ ...request, promptIds, grammar, shownSpecialIds }, signal);
  const answers = Array.from({ length: request.n }, (_, index) => new Answer(index, openParser(), newCallId));
  return {
    events: eventsOf(run, answers),
    get usage() {
      return run.usage;
    },
    get reasoningTokens() {
      return answers.reduce((sum, { reasoningTokens }) => sum + reasoningTokens, 0);
    },
  };
}

async function* eventsOf(run: CompletionRun, answers: readonly Answer[]): AsyncGenerator<ChatEvent, void, undefined> {
  for await (const event of run.events) {
    const answer = answers[event.index] as Answer;
    yield* event.kind === "text" ? answer.read(event) : answer.end(event);
  }
}

/** One answer: its parser, and how many calls it has. */
class Answer {
  readonly #index: number;
  readonly #parser: OutputParser;
  readonly #newCallId: () => string;
  #calls = 0;
  /** Tokens whose text the parser holds back. */
  #tokens: readonly EngineToken[] = [];
  reasoningTokens = 0;

  constructor(index: number, parser: OutputParser, newCallId: () => string) {
    this.#index = index;
    this.#parser = parser;
    this.#newCallId = newCallId;
  }

  read({ text, tokens }: CompletionEvent & { readonly kind: "text" }): ChatEvent[] {
    this.#tokens = [...this.#tokens, ...tokens];
    return this.#eventsOf(this.#parser.push(text));
  }

  end({ finishReason, stop, tokens }: CompletionEvent & { readonly kind: "end" }): ChatEvent[] {
    const events = this.#eventsOf(this.#parser.flush());
    const reason = this.#calls > 0 && finishReason === "stop" ? "tool_calls" : finishReason;
    const rest = [...this.#tokens, ...tokens];
    return [...events, { kind: "end", index: this.#index, finishReason: reason, stop, tokens: rest }];
  }

  #eventsOf(parts: readonly OutputPart[]): ChatEvent[] {
    const index = this.#index;
    return parts.map((part) => {
      if (part.kind === "tool-call")
        return { kind: "tool-call", index, call: this.#calls++, id: this.#newCallId(), name: part.name };
      if (part.kind === "tool-arguments")
        return { kind: "tool-arguments", index, call: this.#calls - 1, text: part.text };
      const tokens = this.#tokens;
      this.#tokens = [];
      if (part.kind === "reasoning") this.reasoningTokens += tokens.length;
      return { ...part, index, tokens };
    });
  }
}
