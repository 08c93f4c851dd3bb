import { isHighSurrogate, isLowSurrogate } from "../aligned-text.ts";
import { CharacterClasses } from "./character-classes.ts";
import { LazyAutomaton } from "./lazy-automaton.ts";
import { parseOniguruma } from "./parse.ts";
import { compilePattern } from "./program.ts";
import type { CompiledPattern, Program, Step } from "./program.ts";

/** Stands at the second unit of a surrogate pair, where no match begins or ends. */
const withinCharacter = 0;

const has = (set: Uint32Array, step: number): boolean => (((set[step >> 5] as number) >>> (step & 31)) & 1) === 1;

const put = (set: Uint32Array, step: number): void => {
  set[step >> 5] = (set[step >> 5] as number) | (1 << (step & 31));
};

/** Texts up to this many units use buffers that are kept. */
const keptLength = 4096;

/**
 * A regular expression that finds its matches in time proportional to the text, whatever the pattern. The text is read
 * twice: from its end, to note for every place from which steps of the pattern a match can be reached; then from its
 * start, where at every fork the first way that leads to a match is taken, so that nothing is ever tried in vain. What a
 * lookahead asks is known when its place is reached; what lookbehinds ask is noted by a pass from the start before.
 * Time is O(text), memory two or three bytes for each unit of the text.
 */
export class Expression {
  readonly #program: CompiledPattern;
  readonly #classes: CharacterClasses;
  readonly #backward: LazyAutomaton;
  readonly #behinds: readonly LazyAutomaton[];
  /** By state of the backward pass: for a step the next one that takes a character or matches, −1 where not asked. */
  readonly #hops: (Int16Array | undefined)[] = [];
  readonly #kept = { states: new Uint16Array(keptLength + 1), answers: new Uint8Array(keptLength + 1) };

  /** @throws PatternSyntaxError for a pattern that cannot be taken */
  constructor(pattern: string) {
    this.#program = compilePattern(parseOniguruma(pattern));
    const { sets, behinds } = this.#program;
    this.#classes = new CharacterClasses(sets);
    this.#backward = backwardAutomaton(this.#program, this.#classes, behinds.length);
    this.#behinds = behinds.map((program, index) => forwardAutomaton(program, this.#classes, index));
  }

  /** Visits all matches `[start, end)` from left to right, as Oniguruma's search loop: no empty one right behind another. */
  forEachMatch(text: string, visit: (start: number, end: number) => void): void {
    const states = this.#read(text, this.#answers(text));
    const { start: first } = this.#program;
    let lastEnd = -1;
    for (let at = 0; at <= text.length;) {
      const state = states[at] as number;
      if (state === withinCharacter || !has(this.#backward.set(state), first)) {
        at++;
        continue;
      }
      const end = this.#follow(states, at);
      if (end > at || end !== lastEnd) visit(at, end);
      lastEnd = end;
      at = end > at ? end : at + 1;
    }
  }

  /** Where the match that begins at `at` ends. */
  #follow(states: Uint16Array, at: number): number {
    const { steps } = this.#program;
    let step = this.#program.start;
    for (let end = at; ;) {
      step = this.#hop(states[end] as number, step);
      const taken = steps[step] as Step;
      if (taken.kind !== "take") return end;
      step = taken.next;
      end++;
      if (states[end] === withinCharacter) end++;
    }
  }

  /** From a step that leads to a match, past all that takes no character. */
  #hop(state: number, from: number): number {
    const hops = (this.#hops[state] ??= new Int16Array(this.#program.steps.length).fill(-1));
    const known = hops[from] as number;
    if (known >= 0) return known;
    const set = this.#backward.set(state);
    let step = from;
    for (let next = this.#program.steps[step] as Step; next.kind !== "take" && next.kind !== "match";) {
      if (next.kind !== "fork") step = next.next;
      else step = has(set, next.first) ? next.first : next.second;
      next = this.#program.steps[step] as Step;
    }
    return (hops[from] = step);
  }

  /** The state of the backward pass at every place of the text. */
  #read(text: string, answers: Uint8Array | null): Uint16Array {
    const { length } = text;
    const states = length <= keptLength ? this.#kept.states : new Uint16Array(length + 1);
    const backward = this.#backward;
    const classes = this.#classes;
    const { units } = classes;
    const kinds = 1 << this.#behinds.length;
    let state = backward.start(answers?.[length] ?? 0);
    states[length] = state;
    for (let at = length - 1; at >= 0; at--) {
      const unit = text.charCodeAt(at);
      let characterClass = units[unit] as number;
      if (isLowSurrogate(unit) && at > 0 && isHighSurrogate(text.charCodeAt(at - 1))) {
        states[at--] = withinCharacter;
        characterClass = classes.classOf(text.codePointAt(at) as number);
      } else if (characterClass === 0) {
        characterClass = classes.classOf(unit);
      }
      state = backward.next(
        state,
        answers === null ? characterClass : characterClass * kinds + (answers[at] as number),
      );
      states[at] = state;
    }
    return states;
  }

  /** For every place a bit for each lookbehind that matches there; null for a pattern without any. */
  #answers(text: string): Uint8Array | null {
    if (this.#behinds.length === 0) return null;
    const answers = text.length <= keptLength ? this.#kept.answers : new Uint8Array(text.length + 1);
    this.#behinds.forEach((automaton, index) => {
      const mask = (1 << index) - 1;
      const { start } = this.#program.behinds[index] as Program;
      let state = -1;
      for (let at = 0; at <= text.length; at++) {
        const inner = index === 0 ? 0 : (answers[at] as number) & mask;
        if (state < 0) state = automaton.start(inner);
        else {
          const codePoint = text.codePointAt(at - 1) as number;
          if (codePoint > 0xffff) answers[at++] = 0;
          const here = index === 0 ? 0 : (answers[at] as number) & mask;
          state = automaton.next(state, (this.#classes.classOf(codePoint) << index) + here);
        }
        const isMatch = has(automaton.set(state), 0) || start === 0;
        answers[at] = (index === 0 ? 0 : (answers[at] as number) & mask) | (isMatch ? 1 << index : 0);
      }
    });
    return answers;
  }
}

/** Sets hold the steps from which a match is reached; a symbol is a class and the answers of the lookbehinds. */
function backwardAutomaton(program: Program, classes: CharacterClasses, behinds: number): LazyAutomaton {
  const { steps, order } = program;
  const takes = steps.flatMap((step, index) => (step.kind === "take" ? [{ ...step, index }] : []));
  return new LazyAutomaton(steps.length, (from, symbol) => {
    const set = new Uint32Array(Math.ceil(steps.length / 32));
    put(set, 0);
    if (from !== null) {
      const members = classes.members(symbol >> behinds);
      for (const { index, next, set: taken } of takes) if (members[taken] === 1 && has(from, next)) put(set, index);
    }
    for (const index of order) if (leadsOn(steps[index] as Step, set, symbol)) put(set, index);
    return set;
  });
}

/** Whether a step that takes no character leads to one of the set. */
function leadsOn(step: Step, set: Uint32Array, answers: number): boolean {
  switch (step.kind) {
    case "fork":
      return has(set, step.first) || has(set, step.second);
    case "ahead":
      return has(set, step.next) && has(set, step.body) !== step.isNegated;
    case "behind":
      return has(set, step.next) && ((answers >> step.index) & 1) === (step.isNegated ? 0 : 1);
    default:
      return false;
  }
}

/** Sets hold the steps that are reached from any place before; a symbol is a class and the answers of inner lookbehinds. */
function forwardAutomaton({ steps, start, order }: Program, classes: CharacterClasses, inner: number): LazyAutomaton {
  const takes = steps.flatMap((step, index) => (step.kind === "take" ? [{ ...step, index }] : []));
  const sources = order.toReversed();
  return new LazyAutomaton(steps.length, (from, symbol) => {
    const set = new Uint32Array(Math.ceil(steps.length / 32));
    put(set, start);
    if (from !== null) {
      const members = classes.members(symbol >> inner);
      for (const { index, next, set: taken } of takes) if (members[taken] === 1 && has(from, index)) put(set, next);
    }
    for (const index of sources) {
      const step = steps[index] as Step;
      if (!has(set, index)) continue;
      if (step.kind === "fork") {
        put(set, step.first);
        put(set, step.second);
      } else if (step.kind === "behind" && ((symbol >> step.index) & 1) === (step.isNegated ? 0 : 1)) {
        put(set, step.next);
      }
    }
    return set;
  });
}
