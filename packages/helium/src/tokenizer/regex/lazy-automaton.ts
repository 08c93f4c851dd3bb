import { TokenizerError } from "../../errors.ts";

/** Entries of one automaton's table, and steps spent on making them, before a pattern counts as hostile. */
const maxEntries = 2 ** 22;
const maxWork = 2 ** 25;

/** No state; the table is 0 where it was not asked yet. */
const unknown = 0;

/** Moves a set of steps over one symbol. */
export type Advance = (from: Uint32Array | null, symbol: number) => Uint32Array;

/**
 * A deterministic automaton over sets of steps, whose states and moves are made when they are first needed. States are
 * numbered from 1. Running over a text takes constant time a character, whatever the pattern.
 * Source: Thompson, "Regular Expression Search Algorithm" (1968).
 */
export class LazyAutomaton {
  readonly #advance: Advance;
  readonly #workOfMove: number;
  readonly #byKey = new Map<string, number>();
  readonly #sets: Uint32Array[] = [new Uint32Array(0)];
  /** The state after (state, symbol), at `state · #stride + symbol`. */
  #table: Uint16Array;
  #stride = 32;
  #work = 0;
  readonly #starts = new Map<number, number>();

  /** @param steps how many a set may hold */
  constructor(steps: number, advance: Advance) {
    this.#advance = advance;
    this.#workOfMove = steps;
    this.#table = new Uint16Array(16 * this.#stride);
  }

  /** The set of a state. */
  set(state: number): Uint32Array {
    return this.#sets[state] as Uint32Array;
  }

  /** The state before the first symbol. */
  start(symbol: number): number {
    let state = this.#starts.get(symbol);
    if (state === undefined) this.#starts.set(symbol, (state = this.#make(null, symbol)));
    return state;
  }

  next(state: number, symbol: number): number {
    if (symbol < this.#stride) {
      const found = this.#table[state * this.#stride + symbol] as number;
      if (found !== unknown) return found;
    }
    const made = this.#make(this.set(state), symbol);
    this.#table[state * this.#stride + symbol] = made;
    return made;
  }

  #make(from: Uint32Array | null, symbol: number): number {
    this.#work += this.#workOfMove;
    if (this.#work > maxWork) throw tooComplex();
    const set = this.#advance(from, symbol);
    const key = String.fromCharCode(...new Uint16Array(set.buffer));
    let state = this.#byKey.get(key);
    if (state === undefined) {
      state = this.#sets.push(set) - 1;
      this.#byKey.set(key, state);
    }
    this.#resize(symbol);
    return state;
  }

  /** Makes room for every state and for `symbol`. */
  #resize(symbol: number): void {
    const states = this.#sets.length;
    let stride = this.#stride;
    while (symbol >= stride) stride *= 2;
    if (stride === this.#stride && states * stride <= this.#table.length) return;
    if (states >= 2 ** 16 || 2 * states * stride > maxEntries) throw tooComplex();
    const table = new Uint16Array(2 * states * stride);
    const rows = this.#table.length / this.#stride;
    for (let row = 0; row < rows && row < states; row++) {
      table.set(this.#table.subarray(row * this.#stride, (row + 1) * this.#stride), row * stride);
    }
    this.#table = table;
    this.#stride = stride;
  }
}

const tooComplex = (): TokenizerError =>
  new TokenizerError("tokenizer", {
    field: "a regular expression of tokenizer.json",
    problem: "has too many ways to match this text to keep count of",
    mend: "use a simpler expression",
  });
