import type { TokenMask } from "../../grammar/masks/token-mask.ts";

/** What may follow a text; see `GrammarState`. */
export interface RowState {
  readonly isAccepting: boolean;
  readonly isComplete: boolean;
  step(token: number): RowState | null;
  mask(): TokenMask;
  forced(): readonly number[];
}

/** Where the text of a row stands in its grammar. */
export interface Place {
  /** Null: nothing is asked of what follows. */
  readonly state: RowState | null;
  /** Tokens that come next, whatever the model says. */
  readonly forced: readonly number[];
}

/** A row without a grammar, and one whose text has ended. */
export const free: Place = { state: null, forced: [] };

/** A text that is none of its grammar: only a row that was ended by something else gets there, by its padding. */
export const outside: Place = { state: null, forced: [] };

/** The places of grammars: equal states have equal places. */
export class Places {
  readonly #eos: ReadonlySet<number>;
  readonly #known = new WeakMap<RowState, Place>();

  /** @param anything the state of what is free */
  constructor(eos: ReadonlySet<number>, anything: RowState) {
    this.#eos = eos;
    this.#known.set(anything, free);
  }

  of(state: RowState): Place {
    const known = this.#known.get(state);
    if (known) return known;
    const forced = state.forced();
    // A token that ends the row is never text.
    const place = { state, forced: forced.some((token) => this.#eos.has(token)) ? [] : forced };
    this.#known.set(state, place);
    return place;
  }

  /** Behind one token more. The rest of what was forced stays forced: it is one cut of one text. */
  after({ state, forced }: Place, token: number): Place {
    if (!state) return free;
    const [expected, ...rest] = forced;
    if (expected !== undefined && token !== expected) return outside;
    if (expected === undefined && this.#eos.has(token)) return state.isAccepting ? free : outside;
    const next = state.step(token);
    if (!next) return state.isComplete ? free : outside;
    return rest.length > 0 ? { state: next, forced: rest } : this.of(next);
  }
}
