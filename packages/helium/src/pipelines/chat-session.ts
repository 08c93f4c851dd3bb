import type { KvCache } from "@helium-lm/nn";
import { GenerationError, type GenerateOptions } from "../generation/index.ts";
import type { ModelForCausalLM } from "../heads/index.ts";
import type { ChatMessage, Tokenizer } from "../tokenizer/index.ts";
import { plainAnswer, type AnswerReader, type AnswerTextKind, type ReadAnswer } from "./read-answer.ts";
import { SpokenMessages } from "./spoken-messages.ts";

export interface ChatSessionOptions {
  /** How tokens are picked. */
  readonly generation: GenerateOptions;
  /** Tokens of an answer at most. */
  readonly maxNewTokens: number;
  /** What the model is told first; for models with a chat template. */
  readonly system?: string | undefined;
  /** Variables of the chat template, such as `enable_thinking`. */
  readonly templateVariables?: Readonly<Record<string, unknown>>;
  /** Tells thoughts from the answer; default: all is the answer, without special tokens. */
  readonly readAnswer?: ReadAnswer;
}

/** An answer, when it is complete. */
export interface ChatAnswer {
  readonly content: string;
  /** What the model thought before it; "" where it did not, or where thoughts are not told apart. */
  readonly reasoning: string;
  readonly finishReason: "eos" | "grammar" | "length" | "context" | "stopped";
  /** Tokens of the conversation up to the answer, and those of them that were not computed before. */
  readonly promptTokens: number;
  readonly computedTokens: number;
  /** New tokens. */
  readonly tokens: number;
  /** From the message to the first new token, null where none came, and to the end. */
  readonly seconds: { readonly firstToken: number | null; readonly total: number };
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
  readonly #cache: KvCache;
  #spoken: SpokenMessages;
  /** The tokens of the last prompt and its answer; the cache holds the first of them. */
  #ids: readonly number[] = [];
  #usedTokens = 0;
  /** For the answers to come. */
  options: ChatSessionOptions;

  constructor(model: ModelForCausalLM, tokenizer: Tokenizer, options: ChatSessionOptions) {
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.options = options;
    this.#cache = model.createCache();
    this.#spoken = SpokenMessages.beginning(options.system);
  }

  /** Whether the model was made for conversations. */
  get hasTemplate(): boolean {
    return this.#tokenizer.chatTemplates.size > 0;
  }

  /** The conversation so far, as chat templates take it. */
  get messages(): readonly ChatMessage[] {
    return this.#spoken.messages;
  }

  /** Tokens that the conversation has, of `contextLength` at most. */
  get usedTokens(): number {
    return this.#usedTokens;
  }

  get contextLength(): number {
    return this.#model.config.maxPositionEmbeddings;
  }

  /** Forgets the conversation. */
  reset(): void {
    this.#spoken = SpokenMessages.beginning(this.options.system);
    this.#usedTokens = 0;
    this.#ids = [];
    this.#cache.reset();
  }

  /**
   * Goes on from other messages.
   *
   * @throws ChatTemplateError, GenerationError for more than the context holds; the conversation is as before then
   */
  replace(messages: readonly ChatMessage[]): void {
    this.#goOnFrom(
      SpokenMessages.of(messages, (text, isFirst) => this.#tokenizer.encode(text, { addSpecialTokens: isFirst })),
    );
  }

  /** Takes the last message back, with its answer. @returns the message; null where none was given */
  undo(): string | null {
    const last = this.#spoken.lastAsked;
    if (last === null) return null;
    this.#goOnFrom(this.#spoken.before(last.index));
    return last.content;
  }

  /**
   * Reads a message and writes the answer, which goes to `onText` as it grows. The signal stops the answer; what was
   * written stays in the conversation. Where nothing was written yet, the message does not stay either.
   *
   * @throws GenerationError for a conversation that fills the context, ChatTemplateError; the conversation is as before then
   */
  async answer(
    message: string,
    onText: (part: string, kind: AnswerTextKind) => void,
    signal?: AbortSignal,
  ): Promise<ChatAnswer> {
    const start = performance.now();
    const asked = this.#spoken.with(
      { role: "user", content: message },
      this.#tokenizer.encode(message, { addSpecialTokens: this.#spoken.ids.length === 0 }),
    );
    const { ids: prompt, reader } = this.#promptOf(asked);
    const room = this.contextLength - prompt.length;
    if (room <= 0) throw this.#isFull(prompt.length);
    const kept = this.#keepCommon(prompt);
    const texts = { content: "", reasoning: "" };
    const add = (text: string, kind: AnswerTextKind): void => {
      texts[kind] += text;
      if (text !== "") onText(text, kind);
    };
    const tokens: number[] = [];
    let firstToken: number | null = null;
    const end = await this.#write(prompt, room, signal, (token) => {
      firstToken ??= performance.now();
      tokens.push(token);
      reader.push(token, add);
    });
    reader.flush(add);
    this.#ids = [...prompt, ...tokens];
    if (tokens.length > 0) {
      const { content, reasoning } = texts;
      const answer = { role: "assistant", content, ...(reasoning !== "" && { reasoning_content: reasoning }) };
      this.#spoken = asked.with(answer, tokens);
      this.#usedTokens = this.#ids.length;
    }
    const isFull = tokens.length >= room;
    return {
      ...texts,
      finishReason: end ?? (signal?.aborted === true ? "stopped" : isFull ? "context" : "length"),
      promptTokens: prompt.length,
      computedTokens: prompt.length - kept,
      tokens: tokens.length,
      seconds: {
        firstToken: firstToken === null ? null : (firstToken - start) / 1000,
        total: (performance.now() - start) / 1000,
      },
    };
  }

  [Symbol.dispose](): void {
    this.#cache.dispose();
  }

  #goOnFrom(spoken: SpokenMessages): void {
    // Templates want something to have been said.
    const isEmpty = spoken.messages.every(({ role }) => role === "system");
    const used = isEmpty ? 0 : this.#idsOf(spoken).length;
    if (used > this.contextLength) throw this.#isFull(used);
    this.#spoken = spoken;
    this.#usedTokens = used;
  }

  #isFull(given: number): GenerationError {
    const expected = this.contextLength;
    return new GenerationError(
      "conversation",
      `has ${given} tokens, but the model's context is ${expected}; start a new one with reset(), or take messages back with undo()`,
      { given, expected },
    );
  }

  #promptOf(asked: SpokenMessages): { readonly ids: readonly number[]; readonly reader: AnswerReader } {
    const { readAnswer = plainAnswer, templateVariables: variables = {} } = this.options;
    if (!this.hasTemplate) return { ids: asked.ids, reader: plainAnswer(this.#tokenizer, "") };
    const prompt = this.#tokenizer.applyChatTemplate(asked.messages, { addGenerationPrompt: true, variables });
    const ids = this.#tokenizer.encode(prompt, { addSpecialTokens: false });
    return { ids, reader: readAnswer(this.#tokenizer, prompt) };
  }

  #idsOf({ messages, ids }: SpokenMessages): readonly number[] {
    if (!this.hasTemplate) return ids;
    const { templateVariables: variables = {} } = this.options;
    const addGenerationPrompt = messages.at(-1)?.role !== "assistant";
    return this.#tokenizer.encodeChat(messages, { addGenerationPrompt, variables });
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
    const { generation, maxNewTokens } = this.options;
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
