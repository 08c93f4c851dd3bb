import type { Regex, RegexArena } from "../../regex/index.ts";

/** Texts of `min` to `max` characters whose JSON string body, in any spelling, a regular expression matches. */
export interface MatchingStrings {
  readonly is: "matching";
  readonly regex: Regex;
  readonly min: number;
  readonly max: number;
}

/** Texts: these alone, all but these, or those that match. */
export type StringSet =
  | { readonly is: "some"; readonly values: ReadonlySet<string> }
  | { readonly is: "others"; readonly values: ReadonlySet<string> }
  | MatchingStrings;

/** Regular expressions of the bodies of JSON strings: what stands between the quotes, in every spelling. */
export interface StringRegexes {
  readonly any: Regex;
  /** Of exactly this text. */
  text(value: string): Regex;
  /** Of texts of so many characters. */
  length(min: number, max: number): Regex;
}

export const someStrings = (values: Iterable<string>): StringSet => ({ is: "some", values: new Set(values) });
export const allStrings: StringSet = { is: "others", values: new Set() };
export const noStrings: StringSet = { is: "some", values: new Set() };

/** Texts of sets that are put together or looked at in about the time of a step. */
const TEXTS_PER_STEP = 4;

const isBetween = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** In code points, as JSON Schema counts. */
const lengthOf = (text: string): number => Array.from(text).length;

/** The body of a text as JSON.stringify spells it. */
export const bodyOf = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Union, intersection and complement of sets of texts. */
export class StringSets {
  readonly #arena: RegexArena;
  readonly #regexes: StringRegexes;
  readonly #texts = new Map<string, Regex>();
  /** Of each text, all others. */
  readonly #others = new Map<string, Regex>();

  constructor(arena: RegexArena, regexes: StringRegexes) {
    this.#arena = arena;
    this.#regexes = regexes;
  }

  /** Counts work on sets as steps of the arena. @throws GrammarLimitError for too many */
  spend(steps: number): void {
    this.#arena.budget.spend(steps);
  }

  ofRegex(regex: Regex): StringSet {
    return this.#matching(regex, 0, Infinity);
  }

  ofLength(min: number, max: number): StringSet {
    return this.#matching(this.#regexes.any, min, max);
  }

  regexOf(set: StringSet): Regex {
    if (set.is === "matching") {
      if (set.min === 0 && set.max === Infinity) return set.regex;
      const length = this.#regexes.length(set.min, set.max);
      return set.regex === this.#regexes.any ? length : this.#arena.and(set.regex, length);
    }
    const [first] = set.values;
    if (set.is === "some") return this.#anyOf(set.values);
    if (first === undefined) return this.#regexes.any;
    const known = set.values.size === 1 ? this.#others.get(first) : undefined;
    const made = known ?? this.#arena.and(this.#regexes.any, this.#arena.not(this.#anyOf(set.values)));
    if (set.values.size === 1) this.#others.set(first, made);
    return made;
  }

  has(set: StringSet, text: string): boolean {
    if (set.is !== "matching") return set.values.has(text) === (set.is === "some");
    const isWithin = (set.min === 0 && set.max === Infinity) || isBetween(lengthOf(text), set.min, set.max);
    return isWithin && this.#arena.matches(set.regex, bodyOf(text));
  }

  /** No text is in the set. @throws GrammarLimitError where that takes too long to find out */
  isEmpty(set: StringSet): boolean {
    if (set.is === "matching") return set.min > set.max || this.#arena.isEmpty(this.regexOf(set));
    return set.is === "some" && set.values.size === 0;
  }

  and(a: StringSet, b: StringSet): StringSet {
    this.#spendOn(a, b);
    if (a.is === "some") return someStrings([...a.values].filter((value) => this.has(b, value)));
    if (b.is === "some") return this.and(b, a);
    if (a.is === "others" && b.is === "others") return { is: "others", values: new Set([...a.values, ...b.values]) };
    const [x, y] = [this.#toMatching(a), this.#toMatching(b)];
    return this.#matching(this.#andOf(x.regex, y.regex), Math.max(x.min, y.min), Math.min(x.max, y.max));
  }

  or(a: StringSet, b: StringSet): StringSet {
    this.#spendOn(a, b);
    if (a.is === "some" && b.is === "some") return someStrings([...a.values, ...b.values]);
    if (a.is === "others")
      return { is: "others", values: new Set([...a.values].filter((value) => !this.has(b, value))) };
    if (b.is === "others") return this.or(b, a);
    return this.ofRegex(this.#arena.or(this.regexOf(a), this.regexOf(b)));
  }

  not(set: StringSet): StringSet {
    if (set.is !== "matching") return { is: set.is === "some" ? "others" : "some", values: set.values };
    const { regex, min, max } = set;
    const outside = [
      this.ofRegex(
        regex === this.#regexes.any ? this.#arena.nothing : this.#arena.and(this.#regexes.any, this.#arena.not(regex)),
      ),
      min > 0 ? this.ofLength(0, min - 1) : noStrings,
      max < Infinity ? this.ofLength(max + 1, Infinity) : noStrings,
    ];
    return outside.reduce((a, b) => this.or(a, b), noStrings);
  }

  #spendOn(...sets: readonly StringSet[]): void {
    for (const set of sets) if (set.is !== "matching") this.spend(set.values.size / TEXTS_PER_STEP);
  }

  #matching(regex: Regex, min: number, max: number): StringSet {
    if (regex === this.#arena.nothing || min > max) return noStrings;
    return regex === this.#regexes.any && min === 0 && max === Infinity
      ? allStrings
      : { is: "matching", regex, min, max };
  }

  #toMatching(set: StringSet): MatchingStrings {
    return set.is === "matching" ? set : { is: "matching", regex: this.regexOf(set), min: 0, max: Infinity };
  }

  #andOf(a: Regex, b: Regex): Regex {
    const { any } = this.#regexes;
    return a === any ? b : b === any ? a : this.#arena.and(a, b);
  }

  #anyOf(texts: ReadonlySet<string>): Regex {
    return this.#arena.or(...Array.from(texts, (value) => this.#text(value)));
  }

  #text(value: string): Regex {
    const known = this.#texts.get(value) ?? this.#regexes.text(value);
    this.#texts.set(value, known);
    return known;
  }
}
