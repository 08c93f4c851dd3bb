import type { ChatMessage } from "../tokenizer/index.ts";

/** A message, and its tokens as a model without a chat template reads them: one message after another. */
interface Spoken {
  readonly message: ChatMessage;
  readonly ids: readonly number[];
}

/** The messages of a conversation; unchangeable, so that a turn that fails leaves them as they were. */
export class SpokenMessages {
  readonly #spoken: readonly Spoken[];

  private constructor(spoken: readonly Spoken[]) {
    this.#spoken = spoken;
  }

  static beginning(system: string | undefined): SpokenMessages {
    return new SpokenMessages(system === undefined ? [] : [{ message: { role: "system", content: system }, ids: [] }]);
  }

  /** `encode` gives the tokens of a text, which may be the first of all. */
  static of(
    messages: readonly ChatMessage[],
    encode: (text: string, isFirst: boolean) => readonly number[],
  ): SpokenMessages {
    let isFirst = true;
    const spoken = messages.map((message): Spoken => {
      if (message.role === "system" || typeof message.content !== "string") return { message, ids: [] };
      const ids = encode(message.content, isFirst);
      isFirst = false;
      return { message, ids };
    });
    return new SpokenMessages(spoken);
  }

  get messages(): readonly ChatMessage[] {
    return this.#spoken.map(({ message }) => message);
  }

  /** All that was said, without the system message. */
  get ids(): readonly number[] {
    return this.#spoken.flatMap(({ ids }) => ids);
  }

  with(message: ChatMessage, ids: readonly number[]): SpokenMessages {
    return new SpokenMessages([...this.#spoken, { message, ids }]);
  }

  /** Those before a place. */
  before(index: number): SpokenMessages {
    return new SpokenMessages(this.#spoken.slice(0, index));
  }

  /** Where the last message of the user is; null where there is none. */
  get lastAsked(): { readonly index: number; readonly content: string } | null {
    const index = this.#spoken.findLastIndex(({ message }) => message.role === "user");
    const content = this.#spoken[index]?.message.content;
    return typeof content === "string" ? { index, content } : null;
  }
}
