import type { KvCache } from "@helium-lm/nn";
import { GenerationError, type GenerateOptions } from "../generation/index.ts";
import type { ModelForCausalLM } from "../heads/index.ts";
import type { ChatMessage, Tokenizer } from "../tokenizer/index.ts";

export interface ChatSessionOptions {
  /** How tokens are picked. */
  readonly generation: GenerateOptions;
  /** Tokens of an answer at most. */
  readonly maxNewTokens: number;
  /** What the model is told first; for models with a chat template. */
  readonly system?: string | undefined;
}

/** An answer, when it is complete. */
export interface ChatAnswer {
  readonly content: string;
  readonly finishReason: "eos" | "grammar" | "length" | "context" | "stopped";
  /** Tokens of the conversation up to the answer, and those of them that were not computed before. */
  readonly promptTokens: number;
  readonly computedTokens: number;
  /** New tokens. */
  readonly tokens: number;
}

/**
 * A conversation with one model. Keys and values of all that was read and written stay, so that a turn computes only what
 * is new in it. A model without a chat template goes on with the text so far instead.
 *
 * The session owns its cache, which `dispose()` by `using` frees; model and tokenizer stay the caller's.
 *
 * @example
 * using chat = new ChatSession(model, tokenizer, { maxNewTokens: 8, generation: { doSample: false } });
 * const { content, tokens } = await chat.answer("Hello!", (part) => process.stdout.write(part));
 * console.log(tokens <= 8 && content.length > 0); // true
 */
export class ChatSession implements Disposable {
  readonly #model: ModelForCausalLM;
  readonly #tokenizer: Tokenizer;
  readonly #options: ChatSessionOptions;
  readonly #cache: KvCache;
  #messages: ChatMessage[] = [];
  /** The tokens of the conversation; the cache holds the first of them. */
  #ids: readonly number[] = [];

  constructor(model: ModelForCausalLM, tokenizer: Tokenizer, options: ChatSessionOptions) {
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.#options = options;
    this.#cache = model.createCache();
    this.reset();
  }

  /** Whether the model was made for conversations. */
  get hasTemplate(): boolean {
    return this.#tokenizer.chatTemplates.size > 0;
  }

  /** Forgets the conversation. */
  reset(): void {
    const { system } = this.#options;
    this.#messages = system === undefined ? [] : [{ role: "system", content: system }];
    this.#ids = [];
    this.#cache.reset();
  }

  /**
   * Reads a message and writes the answer, which goes to `onText` as it grows. The signal stops the answer; what was
   * written stays in the conversation.
   *
   * @throws GenerationError for a conversation that fills the context, ChatTemplateError; the conversation is as before then
   */
  async answer(message: string, onText: (part: string) => void, signal?: AbortSignal): Promise<ChatAnswer> {
    const messages: ChatMessage[] = [...this.#messages, { role: "user", content: message }];
    const prompt = this.#promptOf(message, messages);
    const room = this.#model.config.maxPositionEmbeddings - prompt.length;
    if (room <= 0)
      throw new GenerationError(
        "conversation",
        `has ${prompt.length} tokens, but the model's context is ${this.#model.config.maxPositionEmbeddings}; start a new one with /reset`,
        { given: prompt.length },
      );
    const kept = this.#keepCommon(prompt);
    const decoder = this.#tokenizer.streamDecoder({ skipSpecialTokens: true });
    let content = "";
    const add = (part: string): void => {
      content += part;
      if (part !== "") onText(part);
    };
    const tokens: number[] = [];
    const end = await this.#write(prompt, room, signal, (token) => {
      tokens.push(token);
      add(decoder.push(token));
    });
    add(decoder.flush());
    this.#ids = [...prompt, ...tokens];
    this.#messages = [...messages, { role: "assistant", content }];
    const isFull = tokens.length >= room;
    const ended = end ?? (signal?.aborted === true ? "stopped" : isFull ? "context" : "length");
    return {
      content,
      finishReason: ended,
      promptTokens: prompt.length,
      computedTokens: prompt.length - kept,
      tokens: tokens.length,
    };
  }

  [Symbol.dispose](): void {
    this.#cache.dispose();
  }

  #promptOf(message: string, messages: readonly ChatMessage[]): readonly number[] {
    if (this.hasTemplate) return this.#tokenizer.encodeChat(messages, { addGenerationPrompt: true });
    const isFirst = this.#ids.length === 0;
    return [...this.#ids, ...this.#tokenizer.encode(message, { addSpecialTokens: isFirst })];
  }

  /** Cuts the cache to what the prompt shares with it; at least the last token is computed again. Returns its length. */
  #keepCommon(prompt: readonly number[]): number {
    const cached = Math.min(this.#cache.length, this.#ids.length, prompt.length - 1);
    let common = 0;
    while (common < cached && prompt[common] === this.#ids[common]) common++;
    if (common === 0) this.#cache.reset();
    else this.#cache.crop(this.#cache.length - common);
    return common;
  }

  /** What the answer ended with; null where it did not come to its end. */
  async #write(
    prompt: readonly number[],
    room: number,
    signal: AbortSignal | undefined,
    onToken: (token: number) => void,
  ): Promise<"eos" | "grammar" | null> {
    const { generation, maxNewTokens } = this.#options;
    // An aborted generation takes back what it cached; once tokens come, the loop is left instead.
    const reading = new AbortController();
    const abort = (): void => reading.abort(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort);
    let end: "eos" | "grammar" | null = null;
    try {
      const steps = this.#model.stream({
        ...generation,
        eosTokenId: this.#ends(),
        inputIds: [prompt],
        attentionMask: [prompt.map(() => 1)],
        pastKeyValues: this.#cache,
        maxNewTokens: Math.min(maxNewTokens, room),
        signal: reading.signal,
      });
      for await (const step of steps) {
        signal?.removeEventListener("abort", abort);
        onToken(step.tokens[0] ?? 0);
        if (step.finished[0] === true) end = step.endedBy[0] === "grammar" ? "grammar" : "eos";
        if (signal?.aborted === true) break;
      }
    } catch (error) {
      if (!reading.signal.aborted) throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    return end;
  }

  /** Every token that ends an answer: those of the model and the tokenizer's own. */
  #ends(): number[] {
    const { eosTokenId } = this.#model.generationConfig;
    const ids = [eosTokenId ?? this.#model.config.eosTokenId, this.#tokenizer.eosTokenId].flat();
    return [...new Set(ids.filter((id) => typeof id === "number"))];
  }
}
