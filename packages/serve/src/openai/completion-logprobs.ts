import { z } from "@hono/zod-openapi";
import type { StreamDecoder, TokenLogprobs } from "@helium-lm/helium";
import { alternatives, finite, type TokenNames } from "../generation/token-names.ts";

const numbers = z.array(z.number().nullable());

/** Log-probabilities in the form of the older completions: lists side by side, one entry for each token. */
export const completionLogprobs = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: numbers.openapi({ description: "Null for the first token of a prompt" }),
    top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
    text_offset: z
      .array(z.int())
      .openapi({ description: "Where each token begins in `text`, in characters of Unicode" }),
  })
  .openapi("CompletionLogprobs");

export type CompletionLogprobs = z.infer<typeof completionLogprobs>;

/** A token with how likely it was; null where nothing stands before it. */
export interface RatedToken {
  readonly id: number;
  readonly logprobs?: TokenLogprobs | null;
}

/** Lists the tokens of one text as they come. */
export class LogprobsLister {
  readonly #names: TokenNames;
  readonly #hidden: ReadonlySet<number>;
  readonly #decoder: StreamDecoder;
  /** Characters that have begun before the next token. */
  #begun: number;
  #isFirst = true;

  /**
   * @param hidden tokens that are no part of the text
   * @param decoder of this text's tokens
   * @param offset where the text of the first one begins
   */
  constructor(names: TokenNames, hidden: ReadonlySet<number>, decoder: StreamDecoder, offset = 0) {
    this.#names = names;
    this.#hidden = hidden;
    this.#decoder = decoder;
    this.#begun = offset;
  }

  /** @param length of the text with these tokens, in characters: no token begins behind it */
  list(tokens: readonly RatedToken[], length: number): CompletionLogprobs {
    return {
      tokens: tokens.map(({ id }) => this.#names.nameOf(id)),
      token_logprobs: tokens.map(({ logprobs }) => (logprobs ? finite(logprobs.logprob) : null)),
      top_logprobs: tokens.map(({ id, logprobs }) => (logprobs ? this.#top(id, logprobs) : null)),
      text_offset: tokens.map(({ id }) => Math.min(this.#place(id), length)),
    };
  }

  /** Where a token begins: one within a character, where that begins. */
  #place(id: number): number {
    if (this.#hidden.has(id)) return this.#begun;
    const bytes = this.#names.textBytesOf(id);
    const place = isContinuation(bytes[0]) ? this.#begun - 1 : this.#begun;
    const count = bytes.filter((byte) => !isContinuation(byte)).length;
    // Decoders may leave out the space in front of a text.
    this.#begun += this.#isFirst ? characters(this.#decoder.push(id) + this.#decoder.flush()) : count;
    this.#isFirst = false;
    return place;
  }

  /** Of two tokens with one name the likelier is told. */
  #top(id: number, logprobs: TokenLogprobs): Record<string, number> {
    const top: Record<string, number> = {};
    for (const one of alternatives(id, logprobs)) {
      const name = this.#names.nameOf(one.id);
      top[name] = Math.max(one.logprob, top[name] ?? -Infinity);
    }
    return top;
  }
}

/** The lists of one text, piece after piece, as one. */
export const joinLogprobs = (pieces: readonly CompletionLogprobs[]): CompletionLogprobs => ({
  tokens: pieces.flatMap(({ tokens }) => tokens),
  token_logprobs: pieces.flatMap((piece) => piece.token_logprobs),
  top_logprobs: pieces.flatMap((piece) => piece.top_logprobs),
  text_offset: pieces.flatMap((piece) => piece.text_offset),
});

/** Bytes of UTF-8 that do not begin a character. */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Length of a text as Python counts: characters of Unicode, not UTF-16's units. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
