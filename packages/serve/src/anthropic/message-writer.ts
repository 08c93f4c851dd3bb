import type { ChatEvent } from "../chat/chat-event.ts";
import type { ChatRun } from "../chat/run-chat.ts";
import { newId } from "../http/new-id.ts";
import { textBlock, thinkingBlock, toolUseBlock, type ContentBlock } from "./content-block.ts";

type Delta =
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "thinking_delta"; readonly thinking: string }
  | { readonly type: "input_json_delta"; readonly partial_json: string };

/** An event of the stream. */
export interface MessageEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A message as the API shows it. */
export interface MessageObject {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: ContentBlock[];
  stop_reason: string | null;
  stop_sequence: string | null;
  usage: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface MessageWriterOptions {
  readonly model: string;
  readonly run: Pick<ChatRun, "usage" | "reasoningTokens">;
  /** Why an answer ends that has as many tokens as it may have. */
  readonly limitReason: "max_tokens" | "model_context_window_exceeded";
}

/** Writes a message and the events of its stream. */
export class MessageWriter {
  readonly #options: MessageWriterOptions;
  readonly #message: MessageObject;
  #events: MessageEvent[] = [];
  #isOpen = false;
  /** The arguments of the call that is being written, as JSON text. */
  #json = "";

  constructor(options: MessageWriterOptions) {
    this.#options = options;
    this.#message = {
      id: newId("msg", "_"),
      type: "message",
      role: "assistant",
      model: options.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: this.#usage(),
    };
  }

  /** The message as it is by now. */
  get message(): MessageObject {
    return structuredClone(this.#message);
  }

  /** Once the engine has begun, so that it is known what was cached. */
  start(): readonly MessageEvent[] {
    this.#message.usage = this.#usage();
    this.#emit({ type: "message_start", message: this.#message });
    this.#emit({ type: "ping" });
    return this.#take();
  }

  push(event: ChatEvent): readonly MessageEvent[] {
    this.#write(event);
    return this.#take();
  }

  #write(event: ChatEvent): void {
    switch (event.kind) {
      case "content":
        this.#current("text", textBlock).text += event.text;
        return this.#delta({ type: "text_delta", text: event.text });
      case "reasoning":
        this.#current("thinking", thinkingBlock).thinking += event.text;
        return this.#delta({ type: "thinking_delta", thinking: event.text });
      case "tool-call":
        return this.#open(toolUseBlock(event.id, event.name));
      case "tool-arguments":
        this.#json += event.text;
        return this.#delta({ type: "input_json_delta", partial_json: event.text });
      case "end":
        return this.#end(event);
    }
  }

  #end({ finishReason, stop }: ChatEvent & { readonly kind: "end" }): void {
    this.#close();
    const { limitReason } = this.#options;
    const reasons = { stop: "end_turn", length: limitReason, tool_calls: "tool_use" } as const;
    const sequence = typeof stop === "string" ? stop : null;
    this.#message.stop_reason = sequence === null ? reasons[finishReason] : "stop_sequence";
    this.#message.stop_sequence = sequence;
    this.#message.usage = this.#usage();
    const { stop_reason, stop_sequence, stop_details, container, usage } = this.#message;
    this.#emit({ type: "message_delta", delta: { stop_reason, stop_sequence, stop_details, container }, usage });
    this.#emit({ type: "message_stop" });
  }

  /** The block that is being written, where it is of this kind; a new one otherwise. */
  #current<T extends ContentBlock>(type: T["type"], create: () => T): T {
    const last = this.#message.content.at(-1);
    if (this.#isOpen && last?.type === type) return last as T;
    const block = create();
    this.#open(block);
    return block;
  }

  #open(block: ContentBlock): void {
    this.#close();
    this.#message.content.push(block);
    this.#isOpen = true;
    this.#emit({ type: "content_block_start", index: this.#index, content_block: block });
  }

  #close(): void {
    if (!this.#isOpen) return;
    const block = this.#message.content.at(-1);
    if (block?.type === "tool_use") block.input = inputOf(this.#json);
    this.#json = "";
    this.#isOpen = false;
    this.#emit({ type: "content_block_stop", index: this.#index });
  }

  #delta(delta: Delta): void {
    this.#emit({ type: "content_block_delta", index: this.#index, delta });
  }

  get #index(): number {
    return this.#message.content.length - 1;
  }

  /** `input_tokens` are those that were computed. */
  #usage(): MessageObject["usage"] {
    const { usage, reasoningTokens } = this.#options.run;
    return {
      input_tokens: usage.promptTokens - usage.cachedTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: usage.cachedTokens,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: usage.completionTokens,
      output_tokens_details: { thinking_tokens: reasoningTokens },
      server_tool_use: null,
      service_tier: "standard",
    };
  }

  /** What is written later must not change an event. */
  #emit(event: MessageEvent): void {
    this.#events.push(structuredClone(event));
  }

  #take(): readonly MessageEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** A call that was cut has no input: its `stop_reason` tells. */
function inputOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}
