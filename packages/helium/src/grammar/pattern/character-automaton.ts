import type { ByteAutomaton, Regex, RegexArena } from "../regex/index.ts";
import type { Alphabet } from "./alphabet.ts";
import type { CodePointSet } from "./code-point-set.ts";

/**
 * A language given by what may come next, for those that would be long as a pattern: counts that depend on one another. It
 * begins in state 0, and from every state some text leads to one that accepts.
 */
export interface CharacterMachine {
  /** The characters that go on, in sets apart from one another, and the state behind each set. */
  ways(state: number): readonly (readonly [set: CodePointSet, next: number])[];
  accepts(state: number): boolean;
}

/** What is left of the spellings of characters, and the state behind them. */
type Ways = readonly (readonly [left: Regex, next: number])[];

const automata = new WeakMap<Alphabet, Map<CharacterMachine, CharacterAutomaton>>();

/** The machine's language in an alphabet. States of bytes come into being as texts lead to them. */
export function encodeMachine(alphabet: Alphabet, machine: CharacterMachine): Regex {
  const known = automata.get(alphabet) ?? new Map<CharacterMachine, CharacterAutomaton>();
  automata.set(alphabet, known);
  const automaton = known.get(machine) ?? new CharacterAutomaton(alphabet, machine);
  known.set(machine, automaton);
  return alphabet.regexes.automaton(automaton, automaton.at(0));
}

class CharacterAutomaton implements ByteAutomaton {
  readonly isTrim = true;
  readonly #alphabet: Alphabet;
  readonly #machine: CharacterMachine;
  readonly #regexes: RegexArena;
  readonly #states: { readonly ways: Ways; readonly accepts: boolean }[] = [];
  /** Of states between characters. */
  readonly #numbers = new Map<number, number>();
  /** Of states within a character. */
  readonly #inner = new Map<string, number>();

  constructor(alphabet: Alphabet, machine: CharacterMachine) {
    this.#alphabet = alphabet;
    this.#regexes = alphabet.regexes;
    this.#machine = machine;
  }

  /** The state of bytes where the machine is in a state. */
  at(state: number): number {
    const known = this.#numbers.get(state);
    if (known !== undefined) return known;
    const ways = this.#machine.ways(state).map(([set, next]) => [this.#alphabet.character(set), next] as const);
    const number = this.#states.push({ ways, accepts: this.#machine.accepts(state) }) - 1;
    this.#numbers.set(state, number);
    return number;
  }

  alternatives(state: number): readonly Regex[] {
    return (this.#states[state]?.ways ?? []).map(([left]) => left);
  }

  accepts(state: number): boolean {
    return this.#states[state]?.accepts ?? false;
  }

  step(state: number, byte: number): number {
    const ways: (readonly [Regex, number])[] = [];
    for (const [left, next] of this.#states[state]?.ways ?? []) {
      const rest = this.#regexes.step(left, byte);
      // No spelling of a character goes on to be that of another.
      if (rest === this.#regexes.empty) return this.at(next);
      if (rest !== this.#regexes.nothing) ways.push([rest, next]);
    }
    if (ways.length === 0) return -1;
    const key = ways.join(";");
    const known = this.#inner.get(key);
    if (known !== undefined) return known;
    const number = this.#states.push({ ways, accepts: false }) - 1;
    this.#inner.set(key, number);
    return number;
  }
}
