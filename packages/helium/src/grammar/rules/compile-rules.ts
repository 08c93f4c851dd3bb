import type { Expression, GrammarBuilder } from "../automaton/grammar-builder.ts";
import type { Regex } from "../regex/index.ts";
import { forEachRule, type RuleNode } from "./rule-node.ts";

/** A rule without recursion becomes part of a regular expression up to this many leaves: a terminal has one state for all of it. */
const mostLeaves = 1000;

/** The rules of a grammar by name, and what an undefined one is. */
export interface RuleSet {
  readonly rules: ReadonlyMap<string, RuleNode>;
  /** The error for a name that no rule has. */
  undefinedRule(name: string, at: number): Error;
}

/**
 * The grammar that begins with `start`. Whatever needs no stack is made one terminal: parts without rules, and rules that lead
 * to no recursion. Rules that `start` does not reach are checked for undefined names, and left out.
 *
 * @throws what `undefinedRule` makes
 */
export function compileRules(set: RuleSet, start: RuleNode, builder: GrammarBuilder): Expression {
  for (const body of set.rules.values()) {
    forEachRule(body, (name, at) => {
      if (!set.rules.has(name)) throw set.undefinedRule(name, at);
    });
  }
  const compiler = new RuleCompiler(set, builder);
  compiler.compileReached(start);
  return compiler.expression(start);
}

/** What a node has that needs no stack. */
interface Regular {
  readonly regex: Regex;
  readonly leaves: number;
}

class RuleCompiler {
  readonly #set: RuleSet;
  readonly #builder: GrammarBuilder;
  /** Rules that need no stack. */
  readonly #regular = new Map<string, Regular>();
  /** All others, declared. */
  readonly #declared = new Map<string, Expression>();

  constructor(set: RuleSet, builder: GrammarBuilder) {
    this.#set = set;
    this.#builder = builder;
  }

  /** Decides on every rule that `start` reaches, those that a rule names before itself. Chains of rules may be long. */
  compileReached(start: RuleNode): void {
    const pending: { readonly name: string; readonly isLeft: boolean }[] = [];
    const push = (node: RuleNode): void =>
      forEachRule(node, (name, at) => {
        if (!this.#set.rules.has(name)) throw this.#set.undefinedRule(name, at);
        pending.push({ name, isLeft: false });
      });
    const entered = new Set<string>();
    const stacked: string[] = [];
    push(start);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { name, isLeft } = next;
      const body = this.#set.rules.get(name);
      if (body === undefined) continue;
      if (isLeft) {
        const regular = this.#regularOf(body);
        if (regular !== null) this.#regular.set(name, regular);
        else {
          this.#declared.set(name, this.#builder.declare(name));
          stacked.push(name);
        }
      } else if (!entered.has(name)) {
        entered.add(name);
        pending.push({ name, isLeft: true });
        push(body);
      }
    }
    for (const name of stacked) {
      const [rule, body] = [this.#declared.get(name), this.#set.rules.get(name)];
      if (rule !== undefined && body !== undefined) this.#builder.define(rule, this.expression(body));
    }
  }

  /** The node as a regular expression; null where it needs a stack, or is too large. */
  #regularOf(node: RuleNode): Regular | null {
    const { regexes } = this.#builder;
    if (node.kind === "regex") return { regex: node.regex, leaves: 1 };
    if (node.kind === "rule") return this.#regular.get(node.name) ?? null;
    if (node.kind === "expression") return null;
    if (node.kind === "repeat") {
      const part = this.#regularOf(node.part);
      return part && { regex: regexes.repeat(part.regex, node.min, node.max), leaves: part.leaves };
    }
    const regulars: Regular[] = [];
    let leaves = 0;
    for (const part of node.parts) {
      const regular = this.#regularOf(part);
      if (regular === null || (leaves += Math.max(1, regular.leaves)) > mostLeaves) return null;
      regulars.push(regular);
    }
    const parts = regulars.map(({ regex }) => regex);
    return { regex: node.kind === "sequence" ? regexes.concat(...parts) : regexes.or(...parts), leaves };
  }

  expression(node: RuleNode): Expression {
    const builder = this.#builder;
    const regular = this.#regularOf(node);
    if (regular !== null) return builder.terminal(regular.regex);
    if (node.kind === "rule") return this.#declared.get(node.name) ?? builder.nothing;
    if (node.kind === "repeat") return builder.repeat(this.expression(node.part), node.min, node.max);
    if (node.kind === "expression") return node.make();
    if (node.kind === "regex") return builder.terminal(node.regex);
    return node.kind === "sequence" ? this.#sequence(node.parts) : this.#choice(node.parts);
  }

  /** Neighbours that need no stack are one terminal. */
  #sequence(parts: readonly RuleNode[]): Expression {
    const { regexes } = this.#builder;
    const expressions: Expression[] = [];
    let run: Regex[] = [];
    const endRun = (): void => {
      if (run.length > 0) expressions.push(this.#builder.terminal(inParts(run, (some) => regexes.concat(...some))));
      run = [];
    };
    for (const part of parts) {
      const regular = this.#regularOf(part);
      if (regular !== null) run.push(regular.regex);
      else {
        endRun();
        expressions.push(this.expression(part));
      }
    }
    endRun();
    return inParts(expressions, (some) => this.#builder.sequence(...some));
  }

  /** Alternatives that need no stack are one terminal. */
  #choice(parts: readonly RuleNode[]): Expression {
    const regulars: Regex[] = [];
    const others: Expression[] = [];
    for (const part of parts) {
      const regular = this.#regularOf(part);
      if (regular !== null) regulars.push(regular.regex);
      else others.push(this.expression(part));
    }
    const { regexes } = this.#builder;
    if (regulars.length > 0) others.push(this.#builder.terminal(inParts(regulars, (some) => regexes.or(...some))));
    return inParts(others, (some) => this.#builder.choice(...some));
  }
}

/** Arguments of one call: an engine's stack holds some tens of thousands. */
const mostArguments = 1000;

/** Combines any number of parts, some at a time, in order. */
function inParts(parts: readonly number[], combine: (some: readonly number[]) => number): number {
  if (parts.length <= mostArguments) return combine(parts);
  const combined: number[] = [];
  for (let from = 0; from < parts.length; from += mostArguments)
    combined.push(combine(parts.slice(from, from + mostArguments)));
  return inParts(combined, combine);
}
