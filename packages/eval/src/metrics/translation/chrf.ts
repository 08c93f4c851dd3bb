import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { EvalError } from "../../errors.ts";
import { splitWords, withoutSpaces } from "../../python/text.ts";
import { sumOf, type Statistics } from "../statistics.ts";
import { checkCorpus, referencesPerHypothesis, signatureOf } from "./corpus.ts";
import { countNgrams, sharedNgrams, type NgramCounts } from "./ngrams.ts";

/** Names and defaults are sacrebleu's, in camel case. */
export interface ChrfOptions {
  /** Longest character n-gram; default 6. */
  readonly charOrder?: number;
  /** Longest word n-gram; default 0. 2 makes it chrF++. */
  readonly wordOrder?: number;
  /** How much more recall counts than precision; default 2. */
  readonly beta?: number;
  /** Default false. */
  readonly lowercase?: boolean;
  /** White space counts as characters; default false. */
  readonly whitespace?: boolean;
  /** Averages the F of all orders, as chrF++.py, NLTK and Moses do, instead of precision and recall; default false. */
  readonly epsSmoothing?: boolean;
}

export interface ChrfScore {
  /** 0 to 100. */
  readonly score: number;
  /** Such as "chrF2" or "chrF2++". */
  readonly name: string;
  /** As sacrebleu prints it, such as `nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0`. */
  readonly signature: string;
  /** The same with short names. */
  readonly shortSignature: string;
}

const optionNames: OptionNames<ChrfOptions> = {
  charOrder: true,
  wordOrder: true,
  beta: true,
  lowercase: true,
  whitespace: true,
  epsSmoothing: true,
};

/** Precision and recall of an order that has no n-grams, under `epsSmoothing`. */
const epsilon = 1e-16;

/** chrF with its options filled in: the numbers of a segment, and the score of their sums. */
export class Chrf {
  readonly #charOrder: number;
  readonly #wordOrder: number;
  readonly #beta: number;
  readonly #lowercase: boolean;
  readonly #whitespace: boolean;
  readonly #epsSmoothing: boolean;

  /** @throws EvalError for names and values that are no options */
  constructor(options: ChrfOptions = {}) {
    checkOptionNames("chrF", options, optionNames, EvalError);
    this.#charOrder = whole("charOrder", options.charOrder ?? 6, 1);
    this.#wordOrder = whole("wordOrder", options.wordOrder ?? 0, 0);
    this.#beta = whole("beta", options.beta ?? 2, 1);
    this.#lowercase = options.lowercase ?? false;
    this.#whitespace = options.whitespace ?? false;
    this.#epsSmoothing = options.epsSmoothing ?? false;
  }

  get name(): string {
    return `chrF${this.#beta}${"+".repeat(this.#wordOrder)}`;
  }

  /** Of each order, character ones first: n-grams of the hypothesis, of the reference, and of both; for the reference that fits best. */
  statistics(hypothesis: string, references: readonly string[]): Statistics {
    const given = this.#ngrams(hypothesis);
    let [best, highest]: [Statistics, number] = [[], -1];
    for (const reference of references) {
      const statistics = this.#ngrams(reference).flatMap((expected, index) => {
        const counts = given[index] as ReadonlyMap<string, number>;
        // Where the reference has none of this length, those of the hypothesis are not held against it.
        return [expected.size === 0 ? 0 : total(counts), total(expected), sharedNgrams(counts, expected)];
      });
      const score = this.score(statistics);
      if (score > highest) [best, highest] = [statistics, score];
    }
    return best;
  }

  /** The score of the sums over all segments. */
  score(sums: Statistics): number {
    const factor = this.#beta ** 2;
    const orders = this.#charOrder + this.#wordOrder;
    let [scores, precisions, recalls, effective] = [0, 0, 0, 0];
    for (let order = 0; order < orders; order++) {
      const [given = 0, expected = 0, shared = 0] = sums.slice(3 * order, 3 * order + 3);
      const precision = given > 0 ? shared / given : epsilon;
      const recall = expected > 0 ? shared / expected : epsilon;
      const denominator = factor * precision + recall;
      scores += denominator > 0 ? ((1 + factor) * precision * recall) / denominator : epsilon;
      if (given === 0 || expected === 0) continue;
      precisions += precision;
      recalls += recall;
      effective++;
    }
    if (this.#epsSmoothing) return (100 * scores) / orders;
    if (precisions + recalls === 0) return 0;
    const [precision, recall] = [precisions / effective, recalls / effective];
    return (100 * ((1 + factor) * precision * recall)) / (factor * precision + recall);
  }

  signature(references: string, isShort = false): string {
    return signatureOf(
      [
        ["nrefs", "#", references],
        ["case", "c", this.#lowercase ? "lc" : "mixed"],
        ["eff", "e", this.#epsSmoothing ? "no" : "yes"],
        ["nc", "nc", this.#charOrder],
        ["nw", "nw", this.#wordOrder],
        ["space", "s", this.#whitespace ? "yes" : "no"],
      ],
      isShort,
    );
  }

  #ngrams(segment: string): NgramCounts {
    const text = this.#lowercase ? segment.toLowerCase() : segment;
    const characters = Array.from(this.#whitespace ? text : withoutSpaces(text));
    const words = this.#wordOrder === 0 ? [] : splitWords(text).flatMap(withoutPunctuation);
    return [...countNgrams(characters, this.#charOrder, ""), ...countNgrams(words, this.#wordOrder, " ")];
  }
}

/**
 * chrF of a corpus (Popović 2015), with `wordOrder: 2` chrF++ (Popović 2017), as sacrebleu 2.6.0 computes it: of precision P and recall
 * R, each the mean over the orders of n-grams that both hypotheses and references have,
 *
 *     chrF = 100 · (1 + β²)·P·R / (β²·P + R)
 *
 * Of several references the one with which the segment scores best is taken.
 *
 * @param references those of each hypothesis, in any number: references[i] is a list for hypotheses[i]
 * @throws EvalError for an empty corpus, a hypothesis without references, unknown options
 *
 * @example
 * const { score, name } = corpusChrf(["El perro mordió al hombre."], [["El perro mordió al hombre ."]], { wordOrder: 2 });
 * console.log(`${name} ${score.toFixed(1)}`); // chrF2++ 100.0
 */
export function corpusChrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): ChrfScore {
  checkCorpus("corpusChrf", hypotheses, references);
  const chrf = new Chrf(options);
  const rows = hypotheses.map((hypothesis, i) => chrf.statistics(hypothesis, references[i] as readonly string[]));
  const count = referencesPerHypothesis(references);
  return {
    score: chrf.score(sumOf(rows)),
    name: chrf.name,
    signature: chrf.signature(count),
    shortSignature: chrf.signature(count, true),
  };
}

/** chrF of one sentence; see `corpusChrf`. */
export const sentenceChrf = (hypothesis: string, references: readonly string[], options: ChrfOptions = {}): ChrfScore =>
  corpusChrf([hypothesis], [references], options);

const isAsciiPunctuation = (character: string): boolean => /^[!-/:-@[-`{-~]$/.test(character);

/** A word of two characters or more without one mark of punctuation at its end, or else at its start, which becomes a word. */
function withoutPunctuation(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length === 1) return [word];
  if (isAsciiPunctuation(word.slice(-1))) return [word.slice(0, -1), word.slice(-1)];
  if (isAsciiPunctuation(word.slice(0, 1))) return [word.slice(0, 1), word.slice(1)];
  return [word];
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function whole(option: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new EvalError(option, `is ${value}; give a whole number from ${least} on`, { given: value });
}
