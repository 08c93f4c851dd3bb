import { checkOptionNames, nearestName, type OptionNames } from "@helium-lm/tensor";
import { EvalError } from "../../errors.ts";
import { rstrip, splitWords } from "../../python/text.ts";
import { bleuTokenizers, type BleuTokenizer, type BleuTokenizerName } from "./bleu-tokenizers.ts";
import { sumOf, type Statistics } from "../statistics.ts";
import { checkCorpus, referencesPerHypothesis, signatureOf } from "./corpus.ts";
import { countNgrams, sharedNgrams } from "./ngrams.ts";

/** What stands in for the precision of an order without a match. */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

/** Names and defaults are sacrebleu's, in camel case. */
export interface BleuOptions {
  /** Default "13a". For spBLEU, what `sentencePieceTokenizer` gives. */
  readonly tokenize?: BleuTokenizerName | BleuTokenizer;
  /** Default false. */
  readonly lowercase?: boolean;
  /** Default "exp". */
  readonly smoothMethod?: BleuSmoothing;
  /** Of "floor" (default 0.1) and "add-k" (default 1). */
  readonly smoothValue?: number;
  /** Default 4. */
  readonly maxNgramOrder?: number;
  /** Orders for which the hypothesis is too short do not count; default false, for a single sentence true. */
  readonly effectiveOrder?: boolean;
}

export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** Matches of each order, before smoothing. */
  readonly counts: readonly number[];
  /** n-grams of the hypotheses of each order. */
  readonly totals: readonly number[];
  /** In per cent, after smoothing. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly hypothesisLength: number;
  readonly referenceLength: number;
  /** As sacrebleu prints it, such as `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0`. */
  readonly signature: string;
  /** The same with short names. */
  readonly shortSignature: string;
}

/** What of a score depends on the sums alone. */
export type BleuFigures = Omit<BleuScore, "signature" | "shortSignature">;

const optionNames: OptionNames<BleuOptions> = {
  tokenize: true,
  lowercase: true,
  smoothMethod: true,
  smoothValue: true,
  maxNgramOrder: true,
  effectiveOrder: true,
};

/** The value of a method that has one, where none is given. */
const smoothDefaults: Readonly<Record<BleuSmoothing, number | null>> = {
  exp: null,
  floor: 0.1,
  "add-k": 1,
  none: null,
};

/** BLEU with its options filled in: the numbers of a segment, and the score of their sums. */
export class Bleu {
  readonly #tokenizer: BleuTokenizer;
  readonly #lowercase: boolean;
  readonly #smoothMethod: BleuSmoothing;
  readonly #smoothValue: number;
  readonly #maxOrder: number;
  readonly #effectiveOrder: boolean;

  /** @throws EvalError for names and values that are no options */
  constructor(options: BleuOptions = {}) {
    checkOptionNames("BLEU", options, optionNames, EvalError);
    const { tokenize = "13a", smoothMethod = "exp", maxNgramOrder = 4 } = options;
    this.#tokenizer = typeof tokenize === "string" ? named("tokenize", tokenize, bleuTokenizers) : tokenize;
    this.#lowercase = options.lowercase ?? false;
    this.#smoothValue = options.smoothValue ?? named("smoothMethod", smoothMethod, smoothDefaults) ?? 0;
    this.#smoothMethod = smoothMethod;
    if (!Number.isInteger(maxNgramOrder) || maxNgramOrder < 1)
      throw new EvalError("maxNgramOrder", `is ${maxNgramOrder}; give a whole number from 1 on`, {
        given: maxNgramOrder,
      });
    this.#maxOrder = maxNgramOrder;
    this.#effectiveOrder = options.effectiveOrder ?? false;
  }

  /** [hypothesis length, reference length, matches of each order, n-grams of each order] */
  statistics(hypothesis: string, references: readonly string[]): Statistics {
    const words = this.#words(hypothesis);
    const referenceWords = references.map((reference) => this.#words(reference));
    // The most that one reference has of an n-gram is what may match.
    const allowed = Array.from({ length: this.#maxOrder }, () => new Map<string, number>());
    for (const one of referenceWords)
      countNgrams(one, this.#maxOrder, " ").forEach((counts, index) => {
        const most = allowed[index] as Map<string, number>;
        for (const [ngram, count] of counts) most.set(ngram, Math.max(most.get(ngram) ?? 0, count));
      });
    const ngrams = countNgrams(words, this.#maxOrder, " ");
    return [
      words.length,
      closest(
        words.length,
        referenceWords.map(({ length }) => length),
      ),
      ...ngrams.map((counts, index) => sharedNgrams(counts, allowed[index] as Map<string, number>)),
      ...ngrams.map((_, index) => Math.max(0, words.length - index)),
    ];
  }

  /** The score of the sums over all segments. */
  figures(sums: Statistics): BleuFigures {
    const [hypothesisLength = 0, referenceLength = 0] = sums;
    const counts = sums.slice(2, 2 + this.#maxOrder);
    const totals = sums.slice(2 + this.#maxOrder);
    const brevityPenalty = penalty(hypothesisLength, referenceLength);
    const lengths = { hypothesisLength, referenceLength };
    const precisions = new Array<number>(this.#maxOrder).fill(0);
    const rest = { counts, totals, precisions, brevityPenalty, ...lengths };
    if (counts.every((count) => count === 0)) return { score: 0, ...rest };
    let orders = this.#maxOrder;
    let halving = 1;
    for (let index = 0; index < this.#maxOrder; index++) {
      const added = this.#smoothMethod === "add-k" && index > 0 ? this.#smoothValue : 0;
      const [count, total] = [(counts[index] as number) + added, (totals[index] as number) + added];
      if (total === 0) break;
      if (this.#effectiveOrder) orders = index + 1;
      if (count === 0 && this.#smoothMethod === "exp") halving *= 2;
      precisions[index] = (100 * this.#numerator(count, halving)) / total;
    }
    const used = precisions.slice(0, orders);
    // An order without a match counts as e⁻¹⁰⁰⁰⁰⁰⁰⁰⁰⁰⁰, i.e. nothing is left.
    const logs = used.map((precision) => (precision === 0 ? -9999999999 : Math.log(precision)));
    const score = brevityPenalty * Math.exp(logs.reduce((sum, log) => sum + log, 0) / orders);
    return { score, ...rest };
  }

  signature(references: string, isShort = false): string {
    const value = smoothDefaults[this.#smoothMethod] === null ? "" : `[${this.#smoothValue.toFixed(2)}]`;
    return signatureOf(
      [
        ["nrefs", "#", references],
        ["case", "c", this.#lowercase ? "lc" : "mixed"],
        ["eff", "e", this.#effectiveOrder ? "yes" : "no"],
        ["tok", "tok", this.#tokenizer.name],
        ["smooth", "s", this.#smoothMethod + value],
      ],
      isShort,
    );
  }

  #numerator(count: number, halving: number): number {
    if (count > 0) return count;
    if (this.#smoothMethod === "exp") return 1 / halving;
    return this.#smoothMethod === "floor" ? this.#smoothValue : 0;
  }

  #words(segment: string): string[] {
    const text = this.#lowercase ? segment.toLowerCase() : segment;
    return splitWords(this.#tokenizer.tokenize(rstrip(text)));
  }
}

/**
 * BLEU of a corpus (Papineni et al. 2002), as sacrebleu 2.6.0 computes it:
 *
 *     BLEU = BP · exp( (1/N) Σ_{n=1..N} ln p_n ),   BP = min(1, exp(1 − r/c))
 *
 * with p_n = 100 · (n-grams of the hypotheses that match) / (n-grams of the hypotheses), an n-gram matching as often as the reference has
 * it that has it most often; c the length of all hypotheses, r that of their references, each the one that is closest in length. A
 * hypothesis's n-grams do not cross into the next one.
 *
 * @param references those of each hypothesis, in any number: references[i] is a list for hypotheses[i]
 * @throws EvalError for an empty corpus, a hypothesis without references, unknown options
 *
 * @example
 * const { score, signature } = corpusBleu(["The dog bit the man."], [["The dog had bit the man.", "The dog bit him."]]);
 * console.log(score.toFixed(1)); // 70.7
 * console.log(signature); // nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore {
  checkCorpus("corpusBleu", hypotheses, references);
  const bleu = new Bleu(options);
  const rows = hypotheses.map((hypothesis, i) => bleu.statistics(hypothesis, references[i] as readonly string[]));
  const count = referencesPerHypothesis(references);
  return {
    ...bleu.figures(sumOf(rows)),
    signature: bleu.signature(count),
    shortSignature: bleu.signature(count, true),
  };
}

/**
 * BLEU of one sentence; as `corpusBleu`, but orders for which the hypothesis is too short do not count.
 *
 * @example
 * console.log(sentenceBleu("the cat sat", ["a cat sat on the mat"]).score.toFixed(1)); // 23.2
 */
export const sentenceBleu = (hypothesis: string, references: readonly string[], options: BleuOptions = {}): BleuScore =>
  corpusBleu([hypothesis], [references], { effectiveOrder: true, ...options });

/** The reference length nearest to that of the hypothesis, the shorter one of two. */
function closest(length: number, references: readonly number[]): number {
  return references.reduce((best, one) => {
    const [distance, least] = [Math.abs(length - one), Math.abs(length - best)];
    return distance < least || (distance === least && one < best) ? one : best;
  });
}

function penalty(hypothesis: number, reference: number): number {
  if (hypothesis >= reference) return 1;
  return hypothesis === 0 ? 0 : Math.exp(1 - reference / hypothesis);
}

function named<Value>(option: string, name: string, table: Readonly<Record<string, Value>>): Value {
  if (Object.hasOwn(table, name)) return table[name] as Value;
  const names = Object.keys(table);
  const nearest = nearestName(name, names);
  throw new EvalError(option, `"${name}" is none of ${names.join(", ")}; did you mean ${nearest}?`, {
    given: name,
    expected: names,
    nearest,
  });
}
