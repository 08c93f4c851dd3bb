import type { Grammar } from "./grammar.ts";
import type { GrammarSpec } from "./grammar-spec.ts";
import type { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";

/** Grammars of one vocabulary that are kept. */
const MOST = 64;

/** A spec that is longer as JSON is compiled anew each time: who uses it again and again keeps the grammar. */
const LONGEST_KEY = 2 ** 18;

/** The grammars that were used last, by the content of their specs. */
export class KeptGrammars {
  /** Those used last come last. */
  readonly #grammars = new Map<string, Grammar>();

  /** Those of a vocabulary; they go with it. */
  static of(vocabulary: TokenVocabulary): KeptGrammars {
    const kept = known.get(vocabulary) ?? new KeptGrammars();
    known.set(vocabulary, kept);
    return kept;
  }

  get(spec: GrammarSpec, compile: () => Grammar): Grammar {
    const key = keyOf(spec);
    if (key === null) return compile();
    const grammar = this.#grammars.get(key) ?? compile();
    this.#grammars.delete(key);
    this.#grammars.set(key, grammar);
    const [oldest] = this.#grammars.keys();
    if (this.#grammars.size > MOST && oldest !== undefined) this.#grammars.delete(oldest);
    return grammar;
  }
}

const known = new WeakMap<TokenVocabulary, KeptGrammars>();

/** The spec as text: the order of properties counts, so none are sorted. Null for one that is too long, or no JSON. */
function keyOf(spec: GrammarSpec): string | null {
  try {
    let length = 0;
    const key = JSON.stringify(spec, (name, value: unknown) => {
      // Larger ones are not written out first.
      length += name.length + (typeof value === "string" ? value.length : 1);
      if (length > LONGEST_KEY) throw new RangeError();
      if (value instanceof RegExp) return { source: value.source, flags: value.flags };
      if (typeof value === "function" || (typeof value === "number" && !Number.isFinite(value))) throw new TypeError();
      return value;
    });
    return key.length <= LONGEST_KEY ? key : null;
  } catch {
    // Too long; or cycles, depth, and values that are no JSON: compiling says what is wrong.
    return null;
  }
}
