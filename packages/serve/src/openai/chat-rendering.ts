import type { ChatEvent } from "../chat/chat-event.ts";
import { TokenNames } from "../generation/token-names.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { ChatBody } from "./chat-body.ts";
import { ratedTokens } from "../generation/rated-tokens.ts";
import type { ChatChunkChoice, ChatDelta } from "./chat-response.ts";
import { usesFunctions } from "./chat-tools.ts";

/** Writes what happens to answers as pieces of these, in the API's words. */
export class ChatRendering {
  readonly #names: TokenNames;
  readonly #body: ChatBody;
  readonly #usesFunctions: boolean;

  constructor(body: ChatBody, model: ServedModel) {
    this.#body = body;
    this.#names = new TokenNames(model, body.return_tokens_as_token_ids ?? false);
    this.#usesFunctions = usesFunctions(body);
  }

  get names(): TokenNames {
    return this.#names;
  }

  /** How every answer begins. */
  opening(index: number): ChatChunkChoice {
    return { index, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null };
  }

  /** A piece of an answer; null for thoughts that nobody wants to see. */
  pieceOf(event: ChatEvent): ChatChunkChoice | null {
    if (event.kind === "reasoning" && this.#body.include_reasoning === false) return null;
    const { index } = event;
    const tokens = "tokens" in event ? event.tokens : [];
    const { logprobs, top_logprobs: count, return_token_ids: tellsIds } = this.#body;
    const isTold = logprobs === true && tokens.length > 0;
    return {
      index,
      delta: this.#deltaOf(event),
      logprobs: isTold ? { content: ratedTokens(tokens, count ?? 0, this.#names), refusal: null } : null,
      finish_reason: event.kind === "end" ? this.#finishOf(event.finishReason) : null,
      ...(event.kind === "end" && { stop_reason: event.stop }),
      ...(tellsIds === true && { token_ids: tokens.map(({ id }) => id) }),
    };
  }

  #deltaOf(event: ChatEvent): ChatDelta {
    switch (event.kind) {
      case "content":
        return { content: event.text };
      case "reasoning":
        return { reasoning_content: event.text };
      case "tool-call": {
        const { call: index, id, name } = event;
        if (this.#usesFunctions) return { function_call: { name, arguments: "" } };
        return { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] };
      }
      case "tool-arguments": {
        const part = { arguments: event.text };
        return this.#usesFunctions ? { function_call: part } : { tool_calls: [{ index: event.call, function: part }] };
      }
      case "end":
        return {};
    }
  }

  #finishOf(reason: "stop" | "length" | "tool_calls"): ChatChunkChoice["finish_reason"] {
    return reason === "tool_calls" && this.#usesFunctions ? "function_call" : reason;
  }
}
