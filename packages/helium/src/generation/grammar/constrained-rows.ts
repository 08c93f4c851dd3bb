import type { Grammar } from "../../grammar/grammar.ts";
import type { TokenVocabulary } from "../../grammar/vocabulary/token-vocabulary.ts";
import { GenerationError } from "../../errors.ts";
import { argmaxRow } from "../sampling.ts";
import { free, outside, Places, type Place } from "./place.ts";
import { anything, PrefixState } from "./prefix-state.ts";

/** What each text has to begin with: the bytes of the tokens that were taken back from its prompt. */
export interface Prefixes {
  readonly prefixes: readonly Uint8Array[];
  readonly vocabulary: TokenVocabulary;
}

/** What the rows of a call start from. */
export interface ConstrainedRowsStart {
  /** One for each prompt; null: its rows are free. */
  readonly grammars: readonly (Grammar | null)[];
  /** Bytes that the text of each prompt has to begin with, before its grammar; default: none. */
  readonly healed?: Prefixes | null;
  /** Tokens of a prompt, padding included. */
  readonly promptLength: number;
  readonly eosTokenIds: ReadonlySet<number>;
  readonly vocabSize: number;
}

/**
 * The grammars of a call's rows: what may follow the new tokens of each. Everything is a function of a row's ids, so that
 * beams, drafts and tokens that are taken back need nothing; what was stepped before is only remembered.
 */
export class ConstrainedRows {
  readonly grammars: readonly (Grammar | null)[];
  readonly #starts: readonly Place[];
  readonly #promptLength: number;
  readonly #eos: readonly number[];
  readonly #places: Places;
  /** By the number of rows: those of the call, or in beam search its candidates. */
  readonly #walks = new Map<number, Walk[]>();

  constructor({ grammars, healed = null, promptLength, eosTokenIds, vocabSize }: ConstrainedRowsStart) {
    this.grammars = grammars;
    this.#promptLength = promptLength;
    this.#eos = [...eosTokenIds].filter((id) => id < vocabSize);
    this.#places = new Places(new Set(this.#eos), anything);
    this.#starts = grammars.map((grammar, prompt) => {
      const start = grammar?.start ?? anything;
      const prefix = healed?.prefixes[prompt];
      return this.#places.of(healed && prefix?.length ? new PrefixState(healed.vocabulary, prefix, start) : start);
    });
  }

  /**
   * Where a row stands.
   *
   * @param count of all rows: as many for each prompt
   * @param length looks at so many tokens of the row
   */
  place(ids: readonly number[], row: number, count: number, length = ids.length): Place {
    const start = (i: number): Place => this.#starts[Math.floor((i * this.#starts.length) / count)] ?? free;
    const walks = this.#walks.get(count) ?? Array.from({ length: count }, (_, i) => new Walk(this.#places, start(i)));
    this.#walks.set(count, walks);
    return walks[row]?.at(ids, this.#promptLength, length) ?? free;
  }

  /** Whether a token may follow. */
  allows(place: Place, token: number): boolean {
    const { state, forced } = place;
    if (!state) return place !== outside;
    if (forced.length > 0) return token === forced[0];
    return this.#eos.includes(token) ? state.isAccepting : state.step(token) !== null;
  }

  /** Removes the tokens that may not follow. A forced token stays, whatever was removed before: it is certain. */
  apply(place: Place, scores: Float32Array): void {
    const { state, forced } = place;
    if (!state) return;
    const [certain] = forced;
    if (certain !== undefined) {
      const score = scores[certain] ?? 0;
      scores.fill(-Infinity);
      scores[certain] = Number.isFinite(score) ? score : 0;
      return;
    }
    state.mask().apply(scores, state.isAccepting ? this.#eos : []);
    if (!state.isAccepting) for (const token of this.#eos) scores[token] = -Infinity;
  }

  /** The allowed token with the largest logit, of equal ones the lowest; −1 where no logit is above −∞. */
  likeliest(place: Place, logits: Float32Array): number {
    const { state, forced } = place;
    if (!state) return argmaxRow(logits);
    const [certain] = forced;
    if (certain !== undefined) return certain;
    const allowed = this.listOf(place);
    let best = -1;
    let most = -Infinity;
    if (allowed)
      for (const token of allowed) {
        const logit = logits[token] ?? -Infinity;
        if (logit > most) [best, most] = [token, logit];
      }
    else
      for (let token = 0; token < logits.length; token++) {
        const logit = logits[token] as number;
        if (logit > most && this.masks(place, token)) [best, most] = [token, logit];
      }
    return best;
  }

  /** The tokens that may follow where there is a choice, ascending, if they are few; else null, and `masks` tells of each. */
  listOf({ state }: Place): readonly number[] | null {
    const few = state?.mask().tokens();
    if (!state || !few) return null;
    const text = Array.from(few).filter((token) => !this.#eos.includes(token));
    return state.isAccepting ? [...text, ...this.#eos].sort((a, b) => a - b) : text;
  }

  /** As `allows`, for asking of many tokens of one place: by the mask. */
  masks({ state }: Place, token: number): boolean {
    if (!state) return true;
    return this.#eos.includes(token) ? state.isAccepting : state.mask().has(token);
  }

  /** The start of a draft that may be written; tokens without a choice are no part of it. */
  draftable(place: Place, tokens: readonly number[]): readonly number[] {
    let at = place;
    let count = 0;
    for (const token of tokens) {
      if (at.forced.length > 0 || !this.allows(at, token)) break;
      at = this.#places.after(at, token);
      count++;
    }
    return tokens.slice(0, count);
  }

  /** The text is complete: nothing may follow, not even a token that ends it is needed. */
  isComplete({ state }: Place): boolean {
    return state?.isComplete === true;
  }

  /** @throws GenerationError where nothing may follow, and no token can say so */
  checkOpen({ state, forced }: Place, row: number, length: number): void {
    if (!state || forced.length > 0) return;
    if (state.mask().tokens()?.length !== 0 || (state.isAccepting && this.#eos.length > 0)) return;
    const step = length - this.#promptLength;
    throw new GenerationError(
      "grammar",
      state.isAccepting
        ? `the text of row ${row} is complete after ${step} tokens, but there is no eosTokenId that says so; give one, or a grammar of at least one character`
        : `no token of the vocabulary continues the text of row ${row} after ${step} tokens; the tokenizer lacks bytes that the grammar asks for: check that it is the model's, or loosen the grammar`,
      { row, step },
    );
  }
}

/** The places along one row, remembered. */
class Walk {
  readonly #places: Places;
  readonly #tokens: number[] = [];
  readonly #path: Place[];

  constructor(places: Places, start: Place) {
    this.#places = places;
    this.#path = [start];
  }

  /** Behind the tokens `ids[from … length)`. */
  at(ids: readonly number[], from: number, length: number): Place {
    const tokens = this.#tokens;
    const count = length - from;
    let same = 0;
    while (same < tokens.length && same < count && tokens[same] === ids[from + same]) same++;
    if (same < count) {
      tokens.length = same;
      this.#path.length = same + 1;
    }
    for (; same < count; same++) {
      const token = ids[from + same] ?? 0;
      tokens.push(token);
      this.#path.push(this.#places.after(this.#path[same] ?? free, token));
    }
    return this.#path[count] ?? free;
  }
}
