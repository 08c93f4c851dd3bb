import type { ChatRun } from "../chat/run-chat.ts";
import type { ChatRendering } from "./chat-rendering.ts";
import type { ChatChoice, ChatChunkChoice, ChatDelta } from "./chat-response.ts";

/** The answers of a run in one piece each: the pieces that a stream would have, joined. */
export async function chatChoices(run: ChatRun, n: number, rendering: ChatRendering): Promise<ChatChoice[]> {
  const answers = Array.from({ length: n }, (_, index) => new AnswerBuilder(index));
  for await (const event of run.events) {
    const piece = rendering.pieceOf(event);
    if (piece) answers[piece.index]?.add(piece);
  }
  return answers.map((answer) => answer.choice);
}

type FunctionCall = { name: string; arguments: string };

/** One answer, piece by piece. */
class AnswerBuilder {
  readonly #index: number;
  #content = "";
  #reasoning = "";
  readonly #calls: { id: string; type: "function"; function: FunctionCall }[] = [];
  #functionCall: FunctionCall | null = null;
  readonly #logprobs: NonNullable<ChatChoice["logprobs"]>["content"] = [];
  #hasLogprobs = false;
  #end: Pick<ChatChoice, "finish_reason" | "stop_reason"> = { finish_reason: "stop" };
  #tokenIds: number[] | null = null;

  constructor(index: number) {
    this.#index = index;
  }

  add({ delta, logprobs, finish_reason: reason, stop_reason: stop, token_ids: ids }: ChatChunkChoice): void {
    this.#content += delta.content ?? "";
    this.#reasoning += delta.reasoning_content ?? "";
    this.#addCalls(delta);
    if (logprobs) {
      this.#hasLogprobs = true;
      this.#logprobs.push(...logprobs.content);
    }
    if (ids) this.#tokenIds = [...(this.#tokenIds ?? []), ...ids];
    if (reason !== null) this.#end = { finish_reason: reason, stop_reason: stop };
  }

  get choice(): ChatChoice {
    const isCall = this.#calls.length > 0 || this.#functionCall !== null;
    return {
      index: this.#index,
      message: {
        role: "assistant",
        content: isCall && this.#content === "" ? null : this.#content,
        refusal: null,
        ...(this.#reasoning !== "" && { reasoning_content: this.#reasoning }),
        ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
        ...(this.#functionCall && { function_call: this.#functionCall }),
      },
      logprobs: this.#hasLogprobs ? { content: this.#logprobs, refusal: null } : null,
      ...this.#end,
      ...(this.#tokenIds && { token_ids: this.#tokenIds }),
    };
  }

  #addCalls({ tool_calls: calls = [], function_call: functionCall }: ChatDelta): void {
    for (const { index, id, function: part } of calls) {
      const known = (this.#calls[index] ??= { id: id ?? "", type: "function", function: { name: "", arguments: "" } });
      append(known.function, part);
    }
    if (functionCall) append((this.#functionCall ??= { name: "", arguments: "" }), functionCall);
  }
}

function append(call: FunctionCall, { name = "", arguments: more = "" }: Partial<FunctionCall>): void {
  call.name += name;
  call.arguments += more;
}
