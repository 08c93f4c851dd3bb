import type { ChatMessage, GenerateOptions, ModelForCausalLM, Tokenizer } from "@helium-lm/helium";
import { ChatSession, type ChatAnswer, type AnswerTextKind } from "@helium-lm/helium/pipelines";
import { readThoughts, thinkingVariables } from "@helium-lm/serve";
import { generationOf, type ChatSettings } from "./chat-settings.ts";

export interface ConversationOptions {
  readonly model: ModelForCausalLM;
  readonly tokenizer: Tokenizer;
  /** What the user calls the model. */
  readonly modelName: string;
  readonly system: string | undefined;
  readonly settings: ChatSettings;
  /** Tokens of an answer where the settings have none. */
  readonly defaultLength: number;
  /** Grammar and speculation of all answers. */
  readonly generation: GenerateOptions;
}

/** An answer under way, as it is shown. */
export type ShowText = (text: string, kind: AnswerTextKind) => void;

/** A conversation as a user has it: with settings that change, answers that are asked for again, and figures. */
export class Conversation implements Disposable {
  readonly #given: ConversationOptions;
  readonly #session: ChatSession;
  #settings: ChatSettings;
  #attempt = 0;
  #lastAnswer: ChatAnswer | null = null;
  #totals = { turns: 0, tokens: 0, seconds: 0 };

  constructor(given: ConversationOptions) {
    this.#given = given;
    this.#settings = given.settings;
    const { model, tokenizer, system } = given;
    this.#session = new ChatSession(model, tokenizer, { generation: {}, maxNewTokens: 1, system });
    this.#configure(system);
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  get modelName(): string {
    return this.#given.modelName;
  }

  get backend(): string {
    return this.#given.model.backend.name;
  }

  get hasTemplate(): boolean {
    return this.#session.hasTemplate;
  }

  get messages(): readonly ChatMessage[] {
    return this.#session.messages;
  }

  get system(): string | undefined {
    return this.#session.options.system;
  }

  get usedTokens(): number {
    return this.#session.usedTokens;
  }

  get contextLength(): number {
    return this.#session.contextLength;
  }

  get settings(): ChatSettings {
    return this.#settings;
  }

  set settings(settings: ChatSettings) {
    this.#settings = settings;
    this.#configure(this.system);
  }

  get maxNewTokens(): number {
    return this.#settings.maxNewTokens ?? this.#given.defaultLength;
  }

  /** Whether the same message gets the same answer every time. */
  get isGreedy(): boolean {
    const { doSample } = this.#session.options.generation;
    return !(doSample ?? this.#given.model.generationConfig.doSample ?? false);
  }

  /** The last answer of this run; null where there was none. */
  get lastAnswer(): ChatAnswer | null {
    return this.#lastAnswer;
  }

  get totals(): { readonly turns: number; readonly tokens: number; readonly seconds: number } {
    return this.#totals;
  }

  /** Answers a message. @throws GenerationError, ChatTemplateError: nothing has changed then */
  async answer(message: string, show: ShowText, signal: AbortSignal): Promise<ChatAnswer> {
    this.#attempt = 0;
    return this.#answer(message, show, signal);
  }

  /** Answers the last message again; null where there is none. Where the new answer fails, the old one stays. */
  async regenerate(show: ShowText, signal: AbortSignal): Promise<ChatAnswer | null> {
    const before = this.messages;
    const message = this.#session.undo();
    if (message === null) return null;
    this.#attempt++;
    let answer: ChatAnswer | null = null;
    try {
      answer = await this.#answer(message, show, signal);
    } finally {
      if (answer === null || answer.tokens === 0) this.#session.replace(before);
    }
    return answer;
  }

  /** Takes the last message and its answer back. @returns the message */
  undo(): string | null {
    return this.#session.undo();
  }

  /** Forgets what was said, but for the system message. */
  clear(): void {
    this.#session.reset();
  }

  /** Changes what the model is told before all messages. @throws ChatTemplateError where its template has no such thing */
  setSystem(system: string | undefined): void {
    const others = this.messages.filter(({ role }) => role !== "system");
    this.replace(system === undefined ? others : [{ role: "system", content: system }, ...others]);
  }

  /** Goes on from other messages. @throws GenerationError, ChatTemplateError: nothing has changed then */
  replace(messages: readonly ChatMessage[]): void {
    this.#session.replace(messages);
    const [first] = messages;
    this.#configure(first?.role === "system" && typeof first.content === "string" ? first.content : undefined);
  }

  async #answer(message: string, show: ShowText, signal: AbortSignal): Promise<ChatAnswer> {
    this.#configure(this.system);
    const answer = await this.#session.answer(message, show, signal);
    this.#lastAnswer = answer;
    const { turns, tokens, seconds } = this.#totals;
    this.#totals = { turns: turns + 1, tokens: tokens + answer.tokens, seconds: seconds + answer.seconds.total };
    return answer;
  }

  #configure(system: string | undefined): void {
    const { think } = this.#settings;
    this.#session.options = {
      system,
      generation: { ...generationOf(this.#settings, this.#attempt), ...this.#given.generation },
      maxNewTokens: this.maxNewTokens,
      templateVariables: thinkingVariables(think === undefined ? null : think === "on"),
      readAnswer: readThoughts,
    };
  }
}
