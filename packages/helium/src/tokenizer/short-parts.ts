import type { AlignedText } from "./aligned-text.ts";

/** The tokens of a part of a text, at places that count from its start. */
export interface PartTokens {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Units by which normalizing made it longer. */
  readonly growth: number;
}

/** UTF-16 units of a part that is kept; lines of code and spaces between added tokens are shorter. */
const longestKept = 32;

/** Tokens of a part that is kept: a normalizer may make very many of a few characters. */
const mostTokens = 64;

const mostParts = 4096;

/**
 * The tokens of short parts between added tokens, which texts are full of where a line break is an added token: the same
 * indentation comes a thousand times, and its way through normalizer, pre-tokenizer and model costs far more than a look-up.
 * A part at the very start of a text is left out, since a prefix may be for it alone.
 */
export class ShortParts {
  readonly #known = new Map<string, PartTokens>();

  /** Whether a part may be kept. */
  takes(part: AlignedText): boolean {
    return part.text.length <= longestKept && part.start(0) > 0;
  }

  /** @param splitSpecialTokens part of what decides on the tokens */
  get(text: string, splitSpecialTokens: boolean): PartTokens | undefined {
    return this.#known.get(keyOf(text, splitSpecialTokens));
  }

  set(text: string, splitSpecialTokens: boolean, tokens: PartTokens): void {
    if (tokens.ids.length > mostTokens) return;
    if (this.#known.size >= mostParts) this.#known.clear();
    this.#known.set(keyOf(text, splitSpecialTokens), tokens);
  }
}

const keyOf = (text: string, splitSpecialTokens: boolean): string => (splitSpecialTokens ? "s" : "w") + text;
