import { GrammarLimitError } from "../../errors.ts";
import { ByteSets } from "./byte-sets.ts";
import { WorkBudget } from "./work-budget.ts";

/** A regular expression over bytes: a node of an arena. What is built alike is the same number. */
export type Regex = number;

/** An automaton over bytes, of which only the states that a text leads to have to exist. */
export interface ByteAutomaton {
  /** Regular expressions whose first bytes tell the bytes apart: what none of them tells apart leads to the same state. */
  alternatives(state: number): readonly Regex[];
  /** The state behind a byte, −1 where there is none. */
  step(state: number, byte: number): number;
  /** From every state that a step leads to some text is accepted, so that none has to be searched for. */
  readonly isTrim?: boolean;
  /** The text may end here. */
  accepts(state: number): boolean;
}

/** What a node is; its parts stand in columns of the arena. */
export const kinds = {
  bytes: 0,
  concat: 1,
  or: 2,
  and: 3,
  not: 4,
  repeat: 5,
  nothing: 6,
  empty: 7,
  automaton: 8,
} as const;

export type Kind = (typeof kinds)[keyof typeof kinds];

/** Nodes in one arena, and parts within parts, beyond which a grammar is refused. */
const LIMITS = { nodes: 1_000_000, depth: 1_000 } as const;

/** Nodes of regular expressions by number, and what is known of each from its parts. */
export class RegexColumns {
  /** What making nodes costs; whoever asks for states sets it. */
  budget = new WorkBudget();
  protected readonly sets = new ByteSets();
  protected readonly kind: Kind[] = [];
  /** The set of `bytes`, the head of `concat`, the part of `not` and `repeat`, the number of an `automaton`. */
  protected readonly first: number[] = [];
  /** The tail of `concat`, the least count of `repeat`, the state of an `automaton`. */
  protected readonly second: number[] = [];
  /** The largest count of `repeat`. */
  protected readonly third: number[] = [];
  /** The parts of `or` and `and`. */
  protected readonly parts: (readonly Regex[])[] = [];
  protected readonly automata: ByteAutomaton[] = [];
  protected readonly nullable: boolean[] = [];
  /** There is an `and` or a `not` in it, so that it may match nothing without being ∅. */
  protected readonly isBoolean: boolean[] = [];
  readonly #depth: number[] = [];
  /** By head and tail. */
  readonly #pairs = new Map<number, Regex>();
  readonly #others = new Map<string, Regex>();

  /** Nodes so far. */
  get size(): number {
    return this.kind.length;
  }

  isNullable(r: Regex): boolean {
    return this.nullable[r] ?? false;
  }

  /** The node head · tail. */
  protected internPair(head: Regex, tail: Regex): Regex {
    const key = head * 2 ** 26 + tail;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const nullable = this.isNullable(head) && this.isNullable(tail);
    const node = this.#add(kinds.concat, { first: head, second: tail, nullable });
    this.#pairs.set(key, node);
    return node;
  }

  protected intern(key: string, kind: Kind, node: NodeParts): Regex {
    const known = this.#others.get(key);
    if (known !== undefined) return known;
    const made = this.#add(kind, node);
    this.#others.set(key, made);
    return made;
  }

  #add(
    kind: Kind,
    { first = 0, second = 0, third = 0, parts = none, nullable = false, isBoolean = false }: NodeParts,
  ): Regex {
    this.budget.spend(1);
    if (this.size >= LIMITS.nodes)
      throw new GrammarLimitError(
        "grammar",
        `needs more than ${LIMITS.nodes} states of regular expressions; give patterns smaller counts or fewer alternatives`,
        { limit: LIMITS.nodes },
      );
    let depth = 0;
    let isOwnBoolean = isBoolean;
    if (kind === kinds.concat) {
      // Tails of sequences are walked in loops.
      depth = Math.max(this.#depth[first] ?? 0, this.#depth[second] ?? 0);
      isOwnBoolean ||= this.isBoolean[first] === true || this.isBoolean[second] === true;
    } else if (kind === kinds.not || kind === kinds.repeat) {
      depth = 1 + (this.#depth[first] ?? 0);
      isOwnBoolean ||= this.isBoolean[first] === true;
    }
    for (const part of parts) {
      depth = Math.max(depth, 1 + (this.#depth[part] ?? 0));
      isOwnBoolean ||= this.isBoolean[part] === true;
    }
    if (depth > LIMITS.depth)
      throw new GrammarLimitError(
        "grammar",
        `nests regular expressions more than ${LIMITS.depth} deep; flatten the pattern`,
        {
          limit: LIMITS.depth,
        },
      );
    this.kind.push(kind);
    this.first.push(first);
    this.second.push(second);
    this.third.push(third);
    this.parts.push(parts);
    this.nullable.push(nullable);
    this.isBoolean.push(isOwnBoolean);
    this.#depth.push(depth);
    return this.size - 1;
  }
}

const none: readonly Regex[] = [];

interface NodeParts {
  readonly first?: number;
  readonly second?: number;
  readonly third?: number;
  readonly parts?: readonly Regex[];
  readonly nullable?: boolean;
  readonly isBoolean?: boolean;
}
