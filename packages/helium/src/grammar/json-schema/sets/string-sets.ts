import type { Regex, RegexArena } from "../../regex/index.ts";

/** Texts: these alone, all but these, or those whose JSON string body, in any spelling, a regular expression matches. */
export type StringSet =
  | { readonly is: "some"; readonly values: ReadonlySet<string> }
  | { readonly is: "others"; readonly values: ReadonlySet<string> }
  | { readonly is: "regex"; readonly regex: Regex };

/** Regular expressions of the bodies of JSON strings: what stands between the quotes, in every spelling. */
export interface StringRegexes {
  readonly any: Regex;
  /** Of exactly this text. */
  text(value: string): Regex;
}

export const someStrings = (values: Iterable<string>): StringSet => ({ is: "some", values: new Set(values) });
export const allStrings: StringSet = { is: "others", values: new Set() };
export const noStrings: StringSet = { is: "some", values: new Set() };

/** The body of a text as JSON.stringify spells it. */
export const bodyOf = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Union, intersection and complement of sets of texts. */
export class StringSets {
  readonly #arena: RegexArena;
  readonly #regexes: StringRegexes;
  readonly #texts = new Map<string, Regex>();

  constructor(arena: RegexArena, regexes: StringRegexes) {
    this.#arena = arena;
    this.#regexes = regexes;
  }

  ofRegex(regex: Regex): StringSet {
    if (regex === this.#regexes.any) return allStrings;
    return regex === this.#arena.nothing ? noStrings : { is: "regex", regex };
  }

  regexOf(set: StringSet): Regex {
    if (set.is === "regex") return set.regex;
    const texts = this.#arena.or(...[...set.values].map((value) => this.#text(value)));
    if (set.is === "some") return texts;
    return set.values.size === 0 ? this.#regexes.any : this.#arena.and(this.#regexes.any, this.#arena.not(texts));
  }

  has(set: StringSet, text: string): boolean {
    if (set.is === "regex") return this.#arena.matches(set.regex, bodyOf(text));
    return set.values.has(text) === (set.is === "some");
  }

  /** No text is in the set. @throws GrammarLimitError where that takes too long to find out */
  isEmpty(set: StringSet): boolean {
    if (set.is === "regex") return this.#arena.isEmpty(set.regex);
    return set.is === "some" && set.values.size === 0;
  }

  and(a: StringSet, b: StringSet): StringSet {
    if (a.is === "some") return someStrings([...a.values].filter((value) => this.has(b, value)));
    if (b.is === "some") return this.and(b, a);
    if (a.is === "others" && b.is === "others") return { is: "others", values: new Set([...a.values, ...b.values]) };
    return this.ofRegex(this.#arena.and(this.regexOf(a), this.regexOf(b)));
  }

  or(a: StringSet, b: StringSet): StringSet {
    if (a.is === "some" && b.is === "some") return someStrings([...a.values, ...b.values]);
    if (a.is === "others") return { is: "others", values: new Set([...a.values].filter((value) => !this.has(b, value))) };
    if (b.is === "others") return this.or(b, a);
    if (this.isEmpty(a)) return b;
    return this.isEmpty(b) ? a : this.ofRegex(this.#arena.or(this.regexOf(a), this.regexOf(b)));
  }

  not(set: StringSet): StringSet {
    if (set.is !== "regex") return { is: set.is === "some" ? "others" : "some", values: set.values };
    return this.ofRegex(this.#arena.and(this.#regexes.any, this.#arena.not(set.regex)));
  }

  #text(value: string): Regex {
    const known = this.#texts.get(value) ?? this.#regexes.text(value);
    this.#texts.set(value, known);
    return known;
  }
}
