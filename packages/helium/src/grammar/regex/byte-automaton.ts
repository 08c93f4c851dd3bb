import type { Regex } from "./regex-columns.ts";

/** An automaton over bytes, of which only the states that a text leads to have to exist. */
export interface ByteAutomaton {
  /** Regular expressions whose first bytes tell the bytes apart: what none of them tells apart leads to the same state. */
  alternatives(state: number): readonly Regex[];
  /** The state behind a byte, −1 where there is none. */
  step(state: number, byte: number): number;
  /** From every state that a step leads to some text is accepted, so that none has to be searched for. */
  readonly isTrim?: boolean;
  /** The text may end here. */
  accepts(state: number): boolean;
}
