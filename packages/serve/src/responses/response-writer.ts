import type { ChatEvent } from "../chat/chat-event.ts";
import type { ChatRun } from "../chat/run-chat.ts";
import type { ApiError } from "../errors.ts";
import { ratedTextTokens, type RatedToken } from "../generation/rated-tokens.ts";
import { TokenNames } from "../generation/token-names.ts";
import { unixSeconds } from "../http/new-id.ts";
import type { ServedModel } from "../models/served-model.ts";
import {
  functionCallItem,
  messageItem,
  reasoningItem,
  type ItemStatus,
  type OutputItem,
  type OutputText,
  type ReasoningText,
} from "./output-item.ts";
import type { ResponseObject } from "./response-object.ts";

/** An event of the stream; `sequence_number` counts from 0. */
export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}

/** Writes a response and the events of its stream, of which the last one holds the whole. */
export class ResponseWriter {
  readonly #response: ResponseObject;
  readonly #names: TokenNames;
  readonly #run: Pick<ChatRun, "usage" | "reasoningTokens">;
  #events: ResponseEvent[] = [];
  #count = 0;
  #isOpen = false;

  /** @param response as it is before anything was written */
  constructor(response: ResponseObject, model: ServedModel, run: Pick<ChatRun, "usage" | "reasoningTokens">) {
    this.#response = response;
    this.#names = new TokenNames(model);
    this.#run = run;
  }

  /** The response as it is by now. */
  get response(): ResponseObject {
    return structuredClone(this.#response);
  }

  start(): readonly ResponseEvent[] {
    this.#lifecycle("response.created");
    this.#lifecycle("response.in_progress");
    return this.#take();
  }

  push(event: ChatEvent): readonly ResponseEvent[] {
    this.#write(event);
    return this.#take();
  }

  /** The last event, where something fails on the way; where nothing was written yet, behind the first ones. */
  fail({ message, status }: ApiError): readonly ResponseEvent[] {
    const begin = this.#count === 0 ? this.start() : [];
    this.#response.status = "failed";
    this.#response.error = { code: status === 429 ? "rate_limit_exceeded" : "server_error", message };
    this.#lifecycle("response.failed");
    return [...begin, ...this.#take()];
  }

  #write(event: ChatEvent): void {
    switch (event.kind) {
      case "content":
        return this.#text(event.text, ratedTextTokens(event.tokens, this.#response.top_logprobs, this.#names));
      case "reasoning":
        return this.#reasoning(event.text);
      case "tool-call":
        return this.#open(functionCallItem(event.id, event.name));
      case "tool-arguments":
        return this.#arguments(event.text);
      case "end":
        return this.#end(event.finishReason === "length");
    }
  }

  #text(delta: string, logprobs: readonly RatedToken[]): void {
    const part = this.#outputText();
    part.text += delta;
    part.logprobs.push(...logprobs);
    this.#emit("response.output_text.delta", { ...this.#place(), content_index: 0, delta, logprobs });
  }

  #reasoning(delta: string): void {
    const last = this.#current("reasoning");
    const part: ReasoningText = last?.content[0] ?? { type: "reasoning_text", text: "" };
    if (!last) {
      const item = reasoningItem();
      this.#open(item);
      item.content.push(part);
      this.#emit("response.content_part.added", { ...this.#place(), content_index: 0, part });
    }
    part.text += delta;
    this.#emit("response.reasoning_text.delta", { ...this.#place(), content_index: 0, delta });
  }

  #arguments(delta: string): void {
    const item = this.#current("function_call");
    if (!item) return;
    item.arguments += delta;
    this.#emit("response.function_call_arguments.delta", { ...this.#place(), delta });
  }

  #end(isCut: boolean): void {
    // Clients look for a text, if an empty one.
    if (this.#response.output.length === 0) this.#outputText();
    this.#close(isCut ? "incomplete" : "completed");
    this.#response.status = isCut ? "incomplete" : "completed";
    if (isCut) this.#response.incomplete_details = { reason: "max_output_tokens" };
    else this.#response.completed_at = unixSeconds();
    const { promptTokens, cachedTokens, completionTokens } = this.#run.usage;
    this.#response.usage = {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: cachedTokens },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: this.#run.reasoningTokens },
      total_tokens: promptTokens + completionTokens,
    };
    this.#lifecycle(isCut ? "response.incomplete" : "response.completed");
  }

  /** The text that is being written; a new message where none is. */
  #outputText(): OutputText {
    const last = this.#current("message")?.content[0];
    if (last) return last;
    const item = messageItem();
    this.#open(item);
    const part: OutputText = { type: "output_text", text: "", annotations: [], logprobs: [] };
    item.content.push(part);
    this.#emit("response.content_part.added", { ...this.#place(), content_index: 0, part });
    return part;
  }

  /** The item that is being written, where it is of this kind. */
  #current<T extends OutputItem["type"]>(type: T): (OutputItem & { readonly type: T }) | null {
    const last = this.#response.output.at(-1);
    return this.#isOpen && last?.type === type ? (last as OutputItem & { readonly type: T }) : null;
  }

  #open(item: OutputItem): void {
    this.#close("completed");
    this.#response.output.push(item);
    this.#isOpen = true;
    this.#emit("response.output_item.added", { output_index: this.#response.output.length - 1, item });
  }

  #close(status: ItemStatus): void {
    const item = this.#response.output.at(-1);
    if (!this.#isOpen || !item) return;
    const place = this.#place();
    item.status = status;
    if (item.type === "function_call")
      this.#emit("response.function_call_arguments.done", { ...place, name: item.name, arguments: item.arguments });
    else
      for (const [index, part] of item.content.entries()) {
        const text = { ...place, content_index: index, text: part.text };
        if (part.type === "reasoning_text") this.#emit("response.reasoning_text.done", text);
        else this.#emit("response.output_text.done", { ...text, logprobs: part.logprobs });
        this.#emit("response.content_part.done", { ...place, content_index: index, part });
      }
    this.#emit("response.output_item.done", { output_index: place.output_index, item });
    this.#isOpen = false;
  }

  /** Where the item that is being written stands. */
  #place(): { readonly item_id: string; readonly output_index: number } {
    const { output } = this.#response;
    return { item_id: output.at(-1)?.id ?? "", output_index: output.length - 1 };
  }

  #lifecycle(type: string): void {
    this.#emit(type, { response: this.#response });
  }

  /** What is written later must not change an event. */
  #emit(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#events.push({ type, ...structuredClone(fields), sequence_number: this.#count++ });
  }

  #take(): readonly ResponseEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
