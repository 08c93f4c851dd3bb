import { GrammarLimitError } from "../../errors.ts";
import type { ByteAutomaton, Regex, RegexArena } from "../regex/index.ts";
import type { Alphabet } from "./alphabet.ts";
import { everyCodePoint } from "./code-point-set.ts";
import { encodePlain, hasAssertion, partsOf } from "./encode-plain.ts";
import { unsupportedPattern } from "./pattern-errors.ts";
import type { Pattern } from "./pattern.ts";
import { characters, repeated, sequence } from "./pattern.ts";

const limits = { steps: 20_000, states: 50_000 };

type EncodePattern = (alphabet: Alphabet, pattern: Pattern) => Regex;

/** What a place in the pattern waits for; steps are numbers, so that loops can lead back. */
type Step =
  /** The end of the pattern. */
  | { readonly kind: "end" }
  | { readonly kind: "text"; readonly regex: Regex; readonly next: number }
  | { readonly kind: "split"; readonly nexts: number[] }
  | { readonly kind: "behind"; readonly tracker: number; readonly negative: boolean; readonly next: number }
  /** Lookahead: `regex` where it is the same everywhere, else the step where the body begins. */
  | { readonly kind: "ahead"; readonly regex: Regex; readonly negative: boolean; readonly next: number }
  | { readonly kind: "aheadFrom"; readonly body: number; readonly negative: boolean; readonly next: number };

/**
 * The language of a pattern with lookarounds anywhere, as an automaton. A state has, for each lookbehind, what is left of
 * (any text, then its body), followed from the start of the text, so that it holds where that may be empty; and the places
 * in the pattern that the text may have reached, in groups by what all lookaheads passed on the way ask of the rest.
 *
 * @throws UnsupportedGrammarError for a lookahead in a lookbehind; GrammarLimitError where it needs too many states
 */
export function lookAutomaton(alphabet: Alphabet, pattern: Pattern, encode: EncodePattern): Regex {
  const automaton = new LookAutomaton(alphabet, encode);
  return automaton.from(pattern);
}

/** Places by what is asked of the rest of the text: for each step that waits for text, what is left of that text. */
type Threads = Map<Regex, Map<number, Set<Regex>>>;

interface LookState {
  readonly trackers: readonly Regex[];
  readonly threads: Threads;
}

class LookAutomaton implements ByteAutomaton {
  readonly #alphabet: Alphabet;
  readonly #regexes: RegexArena;
  readonly #encode: EncodePattern;
  readonly #steps: Step[] = [];
  readonly #trackers: Regex[] = [];
  readonly #states: LookState[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(alphabet: Alphabet, encode: EncodePattern) {
    this.#alphabet = alphabet;
    this.#regexes = alphabet.regexes;
    this.#encode = encode;
  }

  from(pattern: Pattern): Regex {
    const first = this.#compile(pattern, this.#add({ kind: "end" }));
    return this.#regexes.automaton(this, this.#begin(this.#trackers, first));
  }

  accepts(state: number): boolean {
    for (const [asked, places] of this.#states[state]?.threads ?? []) {
      if (!this.#regexes.isNullable(asked)) continue;
      for (const step of places.keys()) if (this.#steps[step]?.kind === "end") return true;
    }
    return false;
  }

  /** Bytes that none of these tells apart lead to the same state. */
  alternatives(state: number): readonly Regex[] {
    const { trackers, threads } = this.#states[state] ?? { trackers: [], threads: new Map() as Threads };
    const lefts = [...threads.values()].flatMap((places) => [...places.values()].flatMap((left) => [...left]));
    return [...trackers, ...threads.keys(), ...lefts];
  }

  step(state: number, byte: number): number {
    const from = this.#states[state];
    if (from === undefined) return -1;
    const trackers = from.trackers.map((tracker) => this.#regexes.step(tracker, byte));
    const threads: Threads = new Map();
    for (const [asked, places] of from.threads) {
      const rest = this.#regexes.step(asked, byte);
      if (rest === this.#regexes.nothing) continue;
      for (const [at, lefts] of places) {
        for (const left of lefts) {
          const behind = this.#regexes.step(left, byte);
          if (behind !== this.#regexes.nothing) this.#wait(threads, trackers, rest, at, behind);
        }
      }
    }
    return threads.size === 0 ? -1 : this.#intern(trackers, threads);
  }

  #begin(trackers: readonly Regex[], first: number): number {
    const threads: Threads = new Map();
    this.#enter(threads, trackers, this.#regexes.anything, first);
    return this.#intern(trackers, threads);
  }

  /** Waits at a step of text with `left` to come, and goes on where nothing has to come. */
  #wait(threads: Threads, trackers: readonly Regex[], asked: Regex, at: number, left: Regex): void {
    const places = threads.get(asked) ?? new Map<number, Set<Regex>>();
    threads.set(asked, places);
    const lefts = places.get(at) ?? new Set<Regex>();
    places.set(at, lefts);
    if (lefts.has(left)) return;
    lefts.add(left);
    const step = this.#steps[at];
    if (step?.kind === "text" && this.#regexes.isNullable(left)) this.#enter(threads, trackers, asked, step.next);
  }

  /** Passes everything that takes no text. */
  #enter(threads: Threads, trackers: readonly Regex[], asked: Regex, first: number): void {
    const open: [number, Regex][] = [[first, asked]];
    const seen = new Set<string>();
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [at, rest] = next;
      const step = this.#steps[at];
      if (step === undefined || rest === this.#regexes.nothing || seen.has(next.join())) continue;
      seen.add(next.join());
      if (step.kind === "split") for (const one of step.nexts) open.push([one, rest]);
      else if (step.kind === "text") this.#wait(threads, trackers, rest, at, step.regex);
      else if (step.kind === "end") this.#wait(threads, trackers, rest, at, this.#regexes.empty);
      else if (step.kind === "behind") {
        const holds = this.#regexes.isNullable(trackers[step.tracker] ?? this.#regexes.nothing);
        if (holds !== step.negative) open.push([step.next, rest]);
      } else {
        const ahead =
          step.kind === "ahead" ? step.regex : this.#regexes.automaton(this, this.#begin(trackers, step.body));
        open.push([step.next, this.#regexes.and(rest, step.negative ? this.#regexes.not(ahead) : ahead)]);
      }
    }
  }

  #intern(trackers: readonly Regex[], threads: Threads): number {
    const parts = [...threads].map(([asked, places]) => {
      const shown = [...places].map(([at, lefts]) => `${at}:${[...lefts].sort((a, b) => a - b).join()}`);
      return `${asked}(${shown.sort().join(" ")})`;
    });
    const key = `${trackers.join()};${parts.sort().join(";")}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= limits.states) throw tooMany("states", limits.states);
    this.#numbers.set(key, this.#states.length);
    return this.#states.push({ trackers, threads }) - 1;
  }

  #add(step: Step): number {
    if (this.#steps.length >= limits.steps) throw tooMany("steps", limits.steps);
    return this.#steps.push(step) - 1;
  }

  /** The step where the pattern begins, when it goes on at `next`. */
  #compile(pattern: Pattern, next: number): number {
    if (!hasAssertion(pattern)) {
      return this.#add({ kind: "text", regex: encodePlain(this.#alphabet, pattern), next });
    }
    switch (pattern.kind) {
      case "sequence":
        return pattern.parts.reduceRight((after, part) => this.#compile(part, after), next);
      case "choice":
        return this.#add({ kind: "split", nexts: pattern.options.map((option) => this.#compile(option, next)) });
      case "repeat":
        return this.#compileLoop(pattern.body, pattern.min, pattern.max, next);
      case "start":
        return this.#add({ kind: "behind", tracker: this.#track(this.#regexes.empty), negative: false, next });
      case "end":
        return this.#add({ kind: "ahead", regex: this.#regexes.empty, negative: false, next });
      case "look":
        return pattern.way === "ahead"
          ? this.#compileAhead(pattern.body, pattern.negative, next)
          : this.#compileBehind(pattern.body, pattern.negative, next);
      default:
        return next;
    }
  }

  #compileLoop(body: Pattern, min: number, max: number, next: number): number {
    let at = next;
    if (max === Infinity) {
      const nexts = [next];
      at = this.#add({ kind: "split", nexts });
      nexts.push(this.#compile(body, at));
    } else {
      for (let i = min; i < max; i++) at = this.#add({ kind: "split", nexts: [next, this.#compile(body, at)] });
    }
    for (let i = 0; i < min; i++) at = this.#compile(body, at);
    return at;
  }

  #compileAhead(body: Pattern, negative: boolean, next: number): number {
    const withRest = sequence([body, anything]);
    if (!looksBack(body))
      return this.#add({ kind: "ahead", regex: this.#encode(this.#alphabet, withRest), negative, next });
    const first = this.#compile(withRest, this.#add({ kind: "end" }));
    return this.#add({ kind: "aheadFrom", body: first, negative, next });
  }

  #compileBehind(body: Pattern, negative: boolean, next: number): number {
    if (looksAhead(body)) {
      throw unsupportedPattern("(?<=…)", "a lookahead or $ inside a lookbehind", "write it beside the lookbehind");
    }
    const tracker = this.#track(this.#encode(this.#alphabet, sequence([anything, body])));
    return this.#add({ kind: "behind", tracker, negative, next });
  }

  #track(regex: Regex): number {
    const known = this.#trackers.indexOf(regex);
    return known >= 0 ? known : this.#trackers.push(regex) - 1;
  }
}

const anything = repeated(characters(everyCodePoint), 0);

function looksBack(pattern: Pattern): boolean {
  if (pattern.kind === "start" || (pattern.kind === "look" && pattern.way === "behind")) return true;
  return partsOf(pattern).some(looksBack);
}

function looksAhead(pattern: Pattern): boolean {
  if (pattern.kind === "end" || (pattern.kind === "look" && pattern.way === "ahead")) return true;
  return partsOf(pattern).some(looksAhead);
}

const tooMany = (what: string, limit: number): GrammarLimitError =>
  new GrammarLimitError(
    "pattern",
    `has lookarounds that need more than ${limit} ${what}; give it smaller counts, or move them out of loops`,
    { limit },
  );
