import { GrammarError, GrammarLimitError } from "../../errors.ts";
import type { Regex, RegexArena } from "../regex/index.ts";

/** A part of a grammar: a node of its builder. What is built alike is the same number. */
export type Expression = number;

const kinds = { empty: 0, nothing: 1, terminal: 2, rule: 3, sequence: 4, choice: 5, repeat: 6 } as const;

type Kind = (typeof kinds)[keyof typeof kinds];

const none: readonly Expression[] = [];

/** What may come first in an expression, and what is left behind it. */
export interface Edge {
  /** A terminal's regular expression; −1 where a rule comes first. */
  readonly regex: Regex;
  /** The rule; −1 where a terminal comes first. */
  readonly rule: Expression;
  readonly rest: Expression;
}

/** Steps that an edge counts as, with the expression of what is left behind it. */
const EDGE = 4;

/** Expressions of one grammar, edges of one expression, and expressions within expressions, beyond which it is refused. */
const LIMITS = { expressions: 2_000_000, edges: 20_000, depth: 500 } as const;

/**
 * Builds a grammar of terminals, which are regular expressions, and rules. A rule may be used before it is defined, and within
 * itself. Nothing is expanded: what is left of an expression behind its first symbol is an expression again (Antimirov's
 * partial derivatives), made when it is needed, so `repeat(x, 0, 100000)` is one node.
 *
 * @example
 * const grammar = new GrammarBuilder(new RegexArena());
 * const digits = grammar.terminal(grammar.regexes.repeat(grammar.regexes.bytes(0x30, 0x39), 1));
 * const list = grammar.declare("list"); // "(" (digits | list)* ")"
 * const open = grammar.terminal(grammar.regexes.literal("("));
 * const close = grammar.terminal(grammar.regexes.literal(")"));
 * grammar.define(list, grammar.sequence(open, grammar.repeat(grammar.choice(digits, list), 0), close));
 */
export class GrammarBuilder {
  readonly regexes: RegexArena;
  /** The empty text. */
  readonly empty: Expression;
  /** No text. */
  readonly nothing: Expression;
  readonly #kind: Kind[] = [];
  /** The regular expression, the first of a sequence, the part that is repeated. */
  readonly #first: number[] = [];
  /** The rest of a sequence, the least count. */
  readonly #second: number[] = [];
  readonly #most: number[] = [];
  readonly #parts: (readonly Expression[])[] = [];
  /** Expressions within expressions; rules, and rests of sequences, do not count. */
  readonly #depth: number[] = [];
  /** Sequences by first and rest, all others by what they are. */
  readonly #pairs = new Map<number, Expression>();
  readonly #known = new Map<string, Expression>();
  readonly #names = new Map<Expression, string>();
  readonly #bodies = new Map<Expression, Expression>();
  readonly #edges = new Map<Expression, readonly Edge[]>();

  constructor(regexes: RegexArena) {
    this.regexes = regexes;
    this.empty = this.#intern("empty", kinds.empty, {});
    this.nothing = this.#intern("nothing", kinds.nothing, {});
  }

  /** Expressions so far. */
  get size(): number {
    return this.#kind.length;
  }

  terminal(regex: Regex): Expression {
    if (regex === this.regexes.nothing) return this.nothing;
    if (regex === this.regexes.empty) return this.empty;
    return this.#intern(`t${regex}`, kinds.terminal, { first: regex });
  }

  /** One after another. */
  sequence(...parts: readonly Expression[]): Expression {
    let result = this.empty;
    for (let i = parts.length - 1; i >= 0; i--) result = this.#pair(parts[i] ?? this.empty, result);
    return result;
  }

  /** Any of the parts. */
  choice(...parts: readonly Expression[]): Expression {
    const flat = new Set<Expression>();
    for (const part of parts)
      if (this.#kind[part] === kinds.choice) for (const inner of this.#parts[part] ?? []) flat.add(inner);
      else if (part !== this.nothing) flat.add(part);
    if (flat.size <= 1) return [...flat][0] ?? this.nothing;
    const list = [...flat];
    return this.#intern(`c${list.join()}`, kinds.choice, { parts: list });
  }

  /** `part`, from `min` to `max` times. */
  repeat(part: Expression, min: number, max = Infinity): Expression {
    if (max < min) return this.nothing;
    if (max === 0 || part === this.empty) return this.empty;
    if (part === this.nothing) return min === 0 ? this.empty : this.nothing;
    if (min === 1 && max === 1) return part;
    return this.#intern(`r${part},${min},${max}`, kinds.repeat, { first: part, second: min, most: max });
  }

  optional(part: Expression): Expression {
    return this.repeat(part, 0, 1);
  }

  /** A rule that is defined later. @param name for messages; several rules may have the same */
  declare(name: string): Expression {
    const rule = this.#add(kinds.rule, {});
    this.#names.set(rule, name);
    return rule;
  }

  /** @throws GrammarError for what `declare` has not given, and for a rule that has a body */
  define(rule: Expression, body: Expression): void {
    if (this.#kind[rule] !== kinds.rule || this.#bodies.has(rule))
      throw new GrammarError(
        this.nameOf(rule),
        "expected a declared rule without a body; declare each rule once and define it once",
        {},
      );
    this.#bodies.set(rule, body);
  }

  nameOf(rule: Expression): string {
    return this.#names.get(rule) ?? `expression ${rule}`;
  }

  /** The body of a rule. @throws GrammarError for one that was never defined */
  bodyOf(rule: Expression): Expression {
    const body = this.#bodies.get(rule);
    if (body === undefined)
      throw new GrammarError(this.nameOf(rule), "is used, but not defined; define the rule", {
        rule: this.nameOf(rule),
      });
    return body;
  }

  /** The expressions that a node consists of; of a rule its body. */
  partsOf(expression: Expression): readonly Expression[] {
    const first = this.#first[expression] ?? 0;
    switch (this.#kind[expression]) {
      case kinds.rule:
        return [this.bodyOf(expression)];
      case kinds.sequence:
        return [first, this.#second[expression] ?? 0];
      case kinds.choice:
        return this.#parts[expression] ?? [];
      case kinds.repeat:
        return [first];
      default:
        return [];
    }
  }

  /** What an expression is, from what its parts are: `every` part, `some` part, or what it is by itself. */
  holds(expression: Expression, of: (part: Expression) => boolean, ofTerminal: (regex: Regex) => boolean): boolean {
    const first = this.#first[expression] ?? 0;
    switch (this.#kind[expression]) {
      case kinds.empty:
        return true;
      case kinds.nothing:
        return false;
      case kinds.terminal:
        return ofTerminal(first);
      case kinds.repeat:
        return this.#second[expression] === 0 || of(first);
      case kinds.choice:
        return (this.#parts[expression] ?? []).some(of);
      default:
        return this.partsOf(expression).every(of);
    }
  }

  /**
   * What may come first, without what can never be finished.
   *
   * @param isNullable of an expression: it may be the empty text
   * @param isProductive of an expression: it has some text
   */
  edgesOf(
    expression: Expression,
    isNullable: (part: Expression) => boolean,
    isProductive: (part: Expression) => boolean,
  ): readonly Edge[] {
    const known = this.#edges.get(expression);
    if (known) return known;
    const found: Edge[] = [];
    const add = (edges: readonly Edge[], rest: Expression): void => {
      for (const edge of edges) found.push(rest === this.empty ? edge : { ...edge, rest: this.#pair(edge.rest, rest) });
    };
    const of = (part: Expression): readonly Edge[] => this.edgesOf(part, isNullable, isProductive);
    const first = this.#first[expression] ?? 0;
    switch (this.#kind[expression]) {
      case kinds.terminal:
        found.push({ regex: first, rule: -1, rest: this.empty });
        break;
      case kinds.rule:
        found.push({ regex: -1, rule: expression, rest: this.empty });
        break;
      case kinds.choice:
        for (const part of this.#parts[expression] ?? []) if (isProductive(part)) add(of(part), this.empty);
        break;
      case kinds.repeat: {
        const [least, most] = [this.#second[expression] ?? 0, this.#most[expression] ?? 0];
        if (isProductive(first)) add(of(first), this.repeat(first, Math.max(0, least - 1), most - 1));
        break;
      }
      case kinds.sequence: {
        let rest = expression;
        for (; this.#kind[rest] === kinds.sequence; rest = this.#second[rest] ?? 0) {
          const [head, tail] = [this.#first[rest] ?? 0, this.#second[rest] ?? 0];
          add(of(head), tail);
          if (!isNullable(head)) break;
        }
        if (this.#kind[rest] !== kinds.sequence) add(of(rest), this.empty);
        break;
      }
      default:
    }
    if (found.length > LIMITS.edges)
      throw new GrammarLimitError(
        "grammar",
        `has a place at which more than ${LIMITS.edges} symbols may follow; use fewer alternatives`,
        { limit: LIMITS.edges },
      );
    this.regexes.budget.spendHere(found.length * EDGE);
    this.#edges.set(expression, found);
    return found;
  }

  #pair(first: Expression, rest: Expression): Expression {
    if (first === this.nothing || rest === this.nothing) return this.nothing;
    if (first === this.empty) return rest;
    if (rest === this.empty) return first;
    const key = first * 2 ** 26 + rest;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const made = this.#add(kinds.sequence, { first, second: rest });
    this.#pairs.set(key, made);
    return made;
  }

  #intern(key: string, kind: Kind, node: NodeParts): Expression {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#add(kind, node);
    this.#known.set(key, made);
    return made;
  }

  #add(kind: Kind, { first = 0, second = 0, most = 0, parts = none }: NodeParts): Expression {
    if (this.size >= LIMITS.expressions)
      throw new GrammarLimitError("grammar", `has more than ${LIMITS.expressions} parts; make it smaller`, {
        limit: LIMITS.expressions,
      });
    const isSequence = kind === kinds.sequence;
    let depth = isSequence ? (this.#depth[second] ?? 0) : 0;
    if (isSequence || kind === kinds.repeat) depth = Math.max(depth, 1 + (this.#depth[first] ?? 0));
    for (const part of parts) depth = Math.max(depth, 1 + (this.#depth[part] ?? 0));
    if (depth > LIMITS.depth)
      throw new GrammarLimitError(
        "grammar",
        `nests expressions more than ${LIMITS.depth} deep; give the inner ones rules`,
        {
          limit: LIMITS.depth,
        },
      );
    this.#depth.push(depth);
    this.#kind.push(kind);
    this.#first.push(first);
    this.#second.push(second);
    this.#most.push(most);
    this.#parts.push(parts);
    return this.size - 1;
  }
}

interface NodeParts {
  readonly first?: number;
  readonly second?: number;
  readonly most?: number;
  readonly parts?: readonly Expression[];
}
