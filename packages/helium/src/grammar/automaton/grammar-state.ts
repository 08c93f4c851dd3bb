import type { TokenMask } from "../masks/token-mask.ts";

/** Where states come from, and what is known of them for a vocabulary. */
export interface StateHost {
  step(state: GrammarState, byte: number): GrammarState | null;
  forcedByte(state: GrammarState): number;
  stepToken(state: GrammarState, token: number): GrammarState | null;
  mask(state: GrammarState): TokenMask;
  forced(state: GrammarState): readonly number[];
}

/** What a state consists of. */
export interface Threads {
  /** States of terminals' regular expressions, and the continuation behind each. */
  readonly regexes: Int32Array;
  readonly continuations: Int32Array;
  readonly isAccepting: boolean;
}

/**
 * A place in a text that a grammar describes. It never changes, and places at which the same may follow are the same object, so
 * beams, drafts and going back need no copies.
 *
 * @example
 * const grammar = compileGrammar({ regex: "[0-9]{2}" }, tokenizer);
 * let state = grammar.start;
 * for (const byte of new TextEncoder().encode("42")) state = state.stepByte(byte) ?? grammar.start;
 * console.log(state.isComplete); // true
 */
export class GrammarState {
  readonly regexes: Int32Array;
  readonly continuations: Int32Array;
  /** The text may end here. */
  readonly isAccepting: boolean;
  readonly #host: StateHost;
  readonly #next = new Map<number, GrammarState | null>();
  #forced: readonly number[] | null = null;

  constructor(host: StateHost, { regexes, continuations, isAccepting }: Threads) {
    this.#host = host;
    this.regexes = regexes;
    this.continuations = continuations;
    this.isAccepting = isAccepting;
  }

  /** The text may end here, and nothing may follow. */
  get isComplete(): boolean {
    return this.isAccepting && this.regexes.length === 0;
  }

  /** The state behind a byte, null where no text goes on so. */
  stepByte(byte: number): GrammarState | null {
    const known = this.#next.get(byte);
    if (known !== undefined) return known;
    const next = this.#host.step(this, byte);
    this.#next.set(byte, next);
    return next;
  }

  /** The only byte that may follow; −1 where there are several, or none, or the text may end. */
  forcedByte(): number {
    return this.#host.forcedByte(this);
  }

  /** The state behind a token of the vocabulary; null where it may not come, as special tokens that no spec names. */
  step(token: number): GrammarState | null {
    return this.#host.stepToken(this, token);
  }

  /** The tokens that may come. Whether the text may end is `isAccepting`. @throws GrammarLimitError */
  mask(): TokenMask {
    return this.#host.mask(this);
  }

  /** Tokens that must come, cut as the tokenizer cuts such a text; none where there is a choice, or the text may end. */
  forced(): readonly number[] {
    return (this.#forced ??= this.#host.forced(this));
  }
}
