import type { Regex, RegexArena } from "../../regex/index.ts";
import { words, type WordSet } from "../keywords/json-types.ts";
import { numberPoint } from "../sets/number-sets.ts";
import { numberRegex } from "../sets/number-regexes.ts";
import { noStrings, someStrings } from "../sets/string-sets.ts";
import type { Node } from "../shapes/nodes.ts";
import type { Scalar } from "./array-plan.ts";
import type { Spellings } from "./spellings.ts";

const spelled: readonly (readonly [bit: number, text: string])[] = [
  [words.null, "null"],
  [words.false, "false"],
  [words.true, "true"],
];

/** Words, numbers and strings as one regular expression. */
export class ScalarExpressions {
  readonly #arena: RegexArena;
  readonly #spellings: Spellings;

  constructor(arena: RegexArena, spellings: Spellings) {
    this.#arena = arena;
    this.#spellings = spellings;
  }

  of({ words: ownWords, numbers, strings }: Node): Regex {
    if (ownWords === 0 && numbers.length === 0 && strings === noStrings) return this.#arena.nothing;
    const body = this.#spellings.of(strings);
    return this.#arena.or(this.#words(ownWords), numberRegex(this.#arena, numbers), this.#spellings.quoted(body));
  }

  scalar(value: Scalar): Regex {
    if (typeof value === "string") return this.#spellings.quoted(this.#spellings.of(someStrings([value])));
    if (typeof value === "number") return numberRegex(this.#arena, numberPoint(value));
    return this.#arena.literal(String(value));
  }

  #words(set: WordSet): Regex {
    return this.#arena.or(...spelled.filter(([bit]) => (set & bit) !== 0).map(([, text]) => this.#arena.literal(text)));
  }
}
