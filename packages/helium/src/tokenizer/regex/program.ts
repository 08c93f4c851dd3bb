import { PatternSyntaxError } from "./node.ts";
import type { CharacterSet, RegexNode } from "./node.ts";

/** Real patterns have some dozens of steps; repeats are unfolded. */
const maxSteps = 4096;

/** Lookbehinds are bits of a byte. */
const maxBehinds = 8;

export type Step =
  | { readonly kind: "match" }
  /** Takes a character of a set. */
  | { readonly kind: "take"; readonly set: number; readonly next: number }
  /** Goes on at `first` where that leads to a match, else at `second`. */
  | { readonly kind: "fork"; first: number; second: number }
  /** Goes on where the steps from `body` do, or do not, match here. */
  | { readonly kind: "ahead"; readonly body: number; readonly isNegated: boolean; readonly next: number }
  /** Goes on where lookbehind `index` does, or does not, match here. */
  | { readonly kind: "behind"; readonly index: number; readonly isNegated: boolean; readonly next: number };

/** A pattern as steps, numbered; step 0 is the match. */
export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
  /** Steps that take no character, each behind those it goes on to. */
  readonly order: readonly number[];
}

/** A whole pattern: the sets that its steps name, the pattern itself, and its lookbehinds, inner ones first. */
export interface CompiledPattern extends Program {
  readonly sets: readonly CharacterSet[];
  readonly behinds: readonly Program[];
}

class Compiler {
  readonly #shared: Shared;
  readonly #isBehind: boolean;
  readonly #steps: Step[] = [{ kind: "match" }];

  constructor(shared: Shared, isBehind: boolean) {
    this.#shared = shared;
    this.#isBehind = isBehind;
  }

  program(node: RegexNode): Program {
    const start = this.#compile(node, 0);
    return { steps: this.#steps, start, order: this.#order() };
  }

  #add(step: Step): number {
    if (this.#shared.steps++ >= maxSteps)
      throw new PatternSyntaxError(`expands to more than ${maxSteps} steps, expected fewer repeats`);
    return this.#steps.push(step) - 1;
  }

  /** The first of the steps that match `node` and go on at `next`. */
  #compile(node: RegexNode, next: number): number {
    switch (node.kind) {
      case "set":
        return this.#add({ kind: "take", set: this.#shared.setIndex(node.set), next });
      case "sequence":
        return node.parts.reduceRight((after, part) => this.#compile(part, after), next);
      case "choice": {
        const [last, ...earlier] = node.options.toReversed();
        if (last === undefined) return next;
        return earlier.reduce(
          (second, option) => this.#add({ kind: "fork", first: this.#compile(option, next), second }),
          this.#compile(last, next),
        );
      }
      case "repeat":
        return this.#repeat(node, next);
      case "look":
        return this.#look(node, next);
    }
  }

  #repeat({ body, min, max, isGreedy }: RegexNode & { kind: "repeat" }, next: number): number {
    const fork = (inside: number): number =>
      this.#add({ kind: "fork", first: isGreedy ? inside : next, second: isGreedy ? next : inside });
    let start = next;
    if (max === Infinity) {
      start = fork(next);
      const loop = this.#steps[start] as Step & { kind: "fork" };
      const inside = this.#compile(body, start);
      if (isGreedy) loop.first = inside;
      else loop.second = inside;
    } else {
      if (max - min > maxSteps) throw new PatternSyntaxError(`repeats up to ${max} times, expected fewer repeats`);
      for (let count = min; count < max; count++) start = fork(this.#compile(body, start));
    }
    if (min > maxSteps) throw new PatternSyntaxError(`repeats ${min} times, expected fewer repeats`);
    for (let count = 0; count < min; count++) start = this.#compile(body, start);
    return start;
  }

  #look({ isAhead, isNegated, body }: RegexNode & { kind: "look" }, next: number): number {
    if (!isAhead) return this.#add({ kind: "behind", index: this.#shared.behindIndex(body), isNegated, next });
    if (this.#isBehind) throw new PatternSyntaxError("holds a lookahead in a lookbehind, which is not supported");
    return this.#add({ kind: "ahead", body: this.#compile(body, 0), isNegated, next });
  }

  /** A step that leads back to itself without a character is a loop around what may match nothing. */
  #order(): readonly number[] {
    const order: number[] = [];
    const states = new Uint8Array(this.#steps.length);
    const [isOpen, isDone] = [1, 2];
    const visit = (index: number): void => {
      const step = this.#steps[index] as Step;
      if (step.kind === "take" || step.kind === "match" || states[index] === isDone) return;
      if (states[index] === isOpen)
        throw new PatternSyntaxError("repeats something without limit that may match nothing");
      states[index] = isOpen;
      if (step.kind === "fork") {
        visit(step.first);
        visit(step.second);
      } else {
        if (step.kind === "ahead") visit(step.body);
        visit(step.next);
      }
      states[index] = isDone;
      order.push(index);
    };
    this.#steps.forEach((_, index) => visit(index));
    return order;
  }
}

/** What a pattern and its lookbehinds have in common. */
class Shared {
  steps = 0;
  readonly sets: CharacterSet[] = [];
  readonly behinds: Program[] = [];
  readonly #setIndexes = new Map<string | number, number>();
  readonly #behindIndexes = new Map<RegexNode, number>();

  setIndex(set: CharacterSet): number {
    const key = "codePoint" in set ? set.codePoint : set.source;
    const known = this.#setIndexes.get(key);
    if (known !== undefined) return known;
    this.#setIndexes.set(key, this.sets.length);
    return this.sets.push(set) - 1;
  }

  behindIndex(body: RegexNode): number {
    const known = this.#behindIndexes.get(body);
    if (known !== undefined) return known;
    const program = new Compiler(this, true).program(body);
    if (this.behinds.length >= maxBehinds) throw new PatternSyntaxError(`holds more than ${maxBehinds} lookbehinds`);
    const index = this.behinds.push(program) - 1;
    this.#behindIndexes.set(body, index);
    return index;
  }
}

/** @throws PatternSyntaxError for a pattern that is too large, and for loops around what may match nothing */
export const compilePattern = (node: RegexNode): CompiledPattern => {
  const shared = new Shared();
  const program = new Compiler(shared, false).program(node);
  return { ...program, sets: shared.sets, behinds: shared.behinds };
};
