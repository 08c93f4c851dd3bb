import type { Regex, RegexArena } from "../../regex/index.ts";
import { bodyOf, type StringSet, type StringSets } from "../sets/string-sets.ts";

/** Steps that a character beyond ASCII counts as, with its escapes. */
const BEYOND_ASCII = 20;

/** How strings are written. */
export class Spellings {
  readonly #arena: RegexArena;
  readonly #strings: StringSets;
  readonly #quote: Regex;
  readonly #known = new Map<string, Regex>();

  constructor(arena: RegexArena, strings: StringSets) {
    this.#arena = arena;
    this.#strings = strings;
    this.#quote = arena.literal('"');
  }

  quoted(body: Regex): Regex {
    return this.#arena.concat(this.#quote, body, this.#quote);
  }

  /**
   * The bodies of a set of texts. Texts that are named one by one have no needless escapes, so that a model is led through
   * them; characters beyond ASCII may be written as they are or as `\uXXXX`. All others have every spelling.
   */
  of(set: StringSet): Regex {
    if (set.is !== "some") return this.#strings.regexOf(set);
    return this.#arena.or(...[...set.values].map((value) => this.plain(value)));
  }

  plain(text: string): Regex {
    const known = this.#known.get(text) ?? this.#plain(text);
    this.#known.set(text, known);
    return known;
  }

  #plain(text: string): Regex {
    const arena = this.#arena;
    if (/\p{Cs}/u.test(text)) return arena.nothing;
    const parts = bodyOf(text)
      .split(/([^\0-\x7f])/u)
      .map((part, index) => {
        const written = arena.literal(part);
        if (index % 2 === 0) return written;
        arena.budget.spend(BEYOND_ASCII);
        const escape = Array.from({ length: part.length }, (_, unit) => part.charCodeAt(unit));
        return arena.or(written, arena.concat(...escape.map((unit) => this.#escape(unit))));
      });
    return arena.concat(...parts);
  }

  #escape(unit: number): Regex {
    const digits = Array.from(unit.toString(16).padStart(4, "0"), (digit) =>
      this.#arena.or(this.#arena.literal(digit), this.#arena.literal(digit.toUpperCase())),
    );
    return this.#arena.concat(this.#arena.literal("\\u"), ...digits);
  }
}
