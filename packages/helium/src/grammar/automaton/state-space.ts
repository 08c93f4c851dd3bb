import { GrammarError, GrammarLimitError } from "../../errors.ts";
import type { RegexArena } from "../regex/index.ts";
import { GrammarAnalysis } from "./grammar-analysis.ts";
import type { Expression, GrammarBuilder } from "./grammar-builder.ts";
import { GrammarState, type StateHost, type Threads } from "./grammar-state.ts";

/** Places of a grammar, with who waits there, beyond which a text is given up; and states that are kept to be found again. */
const LIMITS = { continuations: 1_000_000, states: 200_000 } as const;

/** What is left of a rule, and to whom to return behind it. Each pair is kept once and has a number. */
interface Continuation {
  readonly rest: Expression;
  readonly caller: Caller;
}

/** Who goes on when a rule ends: all that waited for it at the place where it began. */
interface Caller {
  readonly number: number;
  /** Null for the grammar's root. */
  readonly waiting: readonly number[] | null;
}

/** All places of the grammar at which a text may be: Earley's items, closed under prediction and completion. */
interface ItemSet {
  /** Terminals that may begin here, and the continuation behind each. */
  readonly regexes: readonly number[];
  readonly continuations: readonly number[];
  /** The text may end here. */
  readonly isAccepting: boolean;
}

/**
 * The states of a grammar, made as they are needed. A state is a set of threads: the state of a terminal's regular expression,
 * and the continuation behind it. Item sets are interned by what they are made of (Earley, 1970, with the sets as nodes of a
 * shared stack, as in generalised LR), so that places of a text at which the same may follow are the same object, wherever they
 * are and in whichever sequence. A rule in last position returns to its caller's caller.
 */
export class StateSpace {
  readonly regexes: RegexArena;
  readonly start: GrammarState;
  readonly #grammar: GrammarBuilder;
  readonly #analysis: GrammarAnalysis;
  readonly #host: StateHost;
  readonly #continuations: Continuation[] = [];
  readonly #continuationNumbers = new Map<number, number>();
  readonly #sets = new Map<string, ItemSet>();
  /** By a hash of the threads. */
  readonly #states = new Map<number, GrammarState[]>();
  readonly #behind = new Map<number, GrammarState>();
  #callers = 0;
  #stateCount = 0;

  /** @throws GrammarError for a grammar without any text */
  constructor(grammar: GrammarBuilder, root: Expression, host: StateHost) {
    this.#grammar = grammar;
    this.regexes = grammar.regexes;
    this.#host = host;
    this.#analysis = new GrammarAnalysis(grammar, root);
    if (!this.#analysis.isProductive(root))
      throw new GrammarError(
        "grammar",
        "has no text at all: every alternative needs something that is impossible; look for contradictions and for recursion without an end",
        {},
      );
    const first = this.#continuation(root, { number: this.#callers++, waiting: null });
    this.start = this.#stateOf([], [], [first]) ?? this.#emptyState();
  }

  /** The state behind a byte; null where no text goes on so. */
  step({ regexes, continuations }: GrammarState, byte: number): GrammarState | null {
    const [nextRegexes, nextContinuations]: [number[], number[]] = [[], []];
    const ended: number[] = [];
    for (let i = 0; i < regexes.length; i++) {
      const regex = this.regexes.step(regexes[i] ?? 0, byte);
      if (regex === this.regexes.nothing) continue;
      const continuation = continuations[i] ?? 0;
      if (this.regexes.hasNext(regex)) {
        nextRegexes.push(regex);
        nextContinuations.push(continuation);
      }
      if (this.regexes.isNullable(regex)) ended.push(continuation);
    }
    return this.#stateOf(nextRegexes, nextContinuations, ended);
  }

  /** The state in which a terminal has just ended. */
  behind(continuation: number): GrammarState | null {
    const known = this.#behind.get(continuation);
    if (known) return known;
    const state = this.#stateOf([], [], [continuation]);
    if (state) this.#behind.set(continuation, state);
    return state;
  }

  /** @param ended continuations whose terminals may have ended here */
  #stateOf(regexes: number[], continuations: number[], ended: readonly number[]): GrammarState | null {
    let isAccepting = false;
    if (ended.length > 0) {
      const set = this.#setOf([...new Set(ended)].sort((a, b) => a - b));
      regexes.push(...set.regexes);
      continuations.push(...set.continuations);
      isAccepting = set.isAccepting;
    }
    if (regexes.length === 0 && !isAccepting) return null;
    this.regexes.budget.spendHere(regexes.length);
    return this.#intern(regexes, continuations, isAccepting);
  }

  #intern(regexes: readonly number[], continuations: readonly number[], isAccepting: boolean): GrammarState {
    const order = sorted(regexes, continuations);
    const size = order?.length ?? regexes.length;
    const [ownRegexes, ownContinuations] = [new Int32Array(size), new Int32Array(size)];
    let hash = isAccepting ? 1 : 0;
    for (let at = 0; at < size; at++) {
      const i = order ? (order[at] as number) : at;
      const [regex, continuation] = [regexes[i] as number, continuations[i] as number];
      ownRegexes[at] = regex;
      ownContinuations[at] = continuation;
      hash = Math.imul(Math.imul(hash ^ regex, 0x01000193) ^ continuation, 0x9e3779b1);
    }
    const threads = { regexes: ownRegexes, continuations: ownContinuations, isAccepting };
    const bucket = this.#states.get(hash) ?? [];
    for (const state of bucket) if (isSame(state, threads)) return state;
    const state = new GrammarState(this.#host, threads);
    if (this.#stateCount++ >= LIMITS.states) this.#forget();
    bucket.push(state);
    this.#states.set(hash, bucket);
    return state;
  }

  /** States that are in use stay as they are; they are only not found again. */
  #forget(): void {
    this.#states.clear();
    this.#sets.clear();
    this.#behind.clear();
    this.#stateCount = 0;
  }

  #emptyState(): GrammarState {
    return this.#intern([], [], true);
  }

  #setOf(kernel: readonly number[]): ItemSet {
    const key = kernel.join();
    const known = this.#sets.get(key);
    if (known) return known;
    const made = this.#close(kernel);
    this.#sets.set(key, made);
    return made;
  }

  /** Prediction and completion, until nothing is added. */
  #close(kernel: readonly number[]): ItemSet {
    const { isNullable, isProductive } = this.#analysis;
    const items = new Set(kernel);
    const waiting = new Map<Expression, { readonly caller: Caller; readonly those: number[] }>();
    const [regexes, continuations]: [number[], number[]] = [[], []];
    let isAccepting = false;
    // A set grows while it is walked.
    for (const item of items) {
      const { rest, caller } = this.#continuations[item] ?? { rest: this.#grammar.nothing, caller: null };
      if (caller === null) continue;
      if (isNullable(rest)) {
        if (caller.waiting === null) isAccepting = true;
        else for (const one of caller.waiting) items.add(one);
      }
      for (const edge of this.#grammar.edgesOf(rest, isNullable, isProductive)) {
        if (edge.rule >= 0) {
          this.#predict(edge.rule, edge.rest, caller, { items, waiting });
          continue;
        }
        const behind = this.#continuation(edge.rest, caller);
        if (this.regexes.hasNext(edge.regex)) {
          regexes.push(edge.regex);
          continuations.push(behind);
        }
      }
    }
    return { regexes, continuations, isAccepting };
  }

  #predict(
    rule: Expression,
    rest: Expression,
    caller: Caller,
    {
      items,
      waiting,
    }: {
      readonly items: Set<number>;
      readonly waiting: Map<Expression, { readonly caller: Caller; readonly those: number[] }>;
    },
  ): void {
    if (!this.#analysis.isProductive(rule)) return;
    const body = this.#grammar.bodyOf(rule);
    if (rest === this.#grammar.empty) {
      items.add(this.#continuation(body, caller));
      return;
    }
    const behind = this.#continuation(rest, caller);
    let called = waiting.get(rule);
    if (!called) {
      const those: number[] = [];
      called = { those, caller: { number: this.#callers++, waiting: those } };
      waiting.set(rule, called);
    }
    // What waits may grow until the set is closed; what comes behind a rule that is empty is an edge of its own.
    if (!called.those.includes(behind)) called.those.push(behind);
    items.add(this.#continuation(body, called.caller));
  }

  #continuation(rest: Expression, caller: Caller): number {
    const key = rest * 2 ** 26 + caller.number;
    const known = this.#continuationNumbers.get(key);
    if (known !== undefined) return known;
    if (this.#continuations.length >= LIMITS.continuations)
      throw new GrammarLimitError(
        "grammar",
        `came to more than ${LIMITS.continuations} different places; use repetition in place of recursion, or shorter texts`,
        { limit: LIMITS.continuations },
      );
    this.#continuationNumbers.set(key, this.#continuations.length);
    return this.#continuations.push({ rest, caller }) - 1;
  }
}

/** Places of the threads by regular expression and continuation, equal ones once; null where they stand so. */
function sorted(regexes: readonly number[], continuations: readonly number[]): readonly number[] | null {
  const compare = (a: number, b: number): number =>
    (regexes[a] as number) - (regexes[b] as number) || (continuations[a] as number) - (continuations[b] as number);
  let isSorted = true;
  for (let i = 1; i < regexes.length && isSorted; i++) isSorted = compare(i - 1, i) < 0;
  if (isSorted) return null;
  const order = regexes.map((_, i) => i).sort(compare);
  return order.filter((i, at) => at === 0 || compare(order[at - 1] ?? 0, i) !== 0);
}

function isSame(state: Threads, { regexes, continuations, isAccepting }: Threads): boolean {
  if (state.isAccepting !== isAccepting || state.regexes.length !== regexes.length) return false;
  for (let i = 0; i < regexes.length; i++)
    if (state.regexes[i] !== regexes[i] || state.continuations[i] !== continuations[i]) return false;
  return true;
}
