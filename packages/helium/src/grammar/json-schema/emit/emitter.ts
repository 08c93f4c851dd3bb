import type { Expression, GrammarBuilder } from "../../automaton/grammar-builder.ts";
import type { Literal } from "../documents/schema-pool.ts";
import type { Node, Nodes } from "../shapes/nodes.ts";
import { ArrayExpressions } from "./array-expressions.ts";
import { arrayPlan, type ArrayPlan } from "./array-plan.ts";
import { ObjectExpressions } from "./object-expressions.ts";
import { objectPlans, type ObjectPlan } from "./object-plan.ts";
import { punctuation, type JsonWhitespace } from "./punctuation.ts";
import { ScalarExpressions } from "./scalar-expressions.ts";
import { Spellings } from "./spellings.ts";

/** Values within values that are written in place, beyond which one is a rule. */
const DEEPEST_IN_PLACE = 8;

interface Plan {
  readonly node: Node;
  readonly objects: readonly ObjectPlan[];
  readonly arrays: readonly ArrayPlan[];
  /** The values within, of which the expressions must be known first. */
  readonly inner: readonly Node[];
  at: number;
}

interface Written {
  readonly expression: Expression;
  readonly depth: number;
}

/** Writes nodes as expressions: in place, and as rules where they recur within themselves or lie deep. */
export class Emitter {
  readonly #builder: GrammarBuilder;
  readonly #nodes: Nodes;
  readonly #scalars: ScalarExpressions;
  readonly #objects: ObjectExpressions;
  readonly #arrays: ArrayExpressions;
  readonly #written = new Map<Node, Written>();
  readonly #rules = new Map<Node, Expression>();

  constructor(builder: GrammarBuilder, nodes: Nodes, whitespace: JsonWhitespace) {
    this.#builder = builder;
    this.#nodes = nodes;
    const tokens = punctuation(builder, whitespace);
    const spellings = new Spellings(builder.regexes, nodes.strings);
    const valueOf = (node: Node): Expression => this.#written.get(node)?.expression ?? this.#ruleOf(node);
    this.#scalars = new ScalarExpressions(builder.regexes, spellings);
    this.#objects = new ObjectExpressions(builder, tokens, spellings, valueOf);
    this.#arrays = new ArrayExpressions(builder, tokens, {
      valueOf,
      scalar: (value) => builder.terminal(this.#scalars.scalar(value)),
    });
  }

  /** The values that satisfy all of these. */
  emit(literals: readonly Literal[]): Expression {
    const root = this.#nodes.node(literals);
    const open = new Set([root]);
    const path = [this.#plan(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.inner.at(top.at++);
      if (next === undefined || top.at > top.inner.length) {
        this.#write(top);
        open.delete(top.node);
        path.pop();
      } else if (!this.#written.has(next) && !open.has(next)) {
        open.add(next);
        path.push(this.#plan(next));
      }
    }
    return this.#written.get(root)?.expression ?? this.#builder.nothing;
  }

  #plan(node: Node): Plan {
    const objects = node.objects.flatMap((shape) => objectPlans(shape, this.#nodes));
    const arrays = node.arrays.map((shape) => arrayPlan(shape, this.#nodes));
    const inner = new Set<Node>();
    for (const { members, open, witnesses } of objects) {
      for (const member of [...members, ...open, ...witnesses.flatMap((witness) => witness.members)])
        inner.add(member.node);
    }
    for (const { prefix, rest } of arrays) for (const choice of [...prefix.flat(), ...rest]) inner.add(choice.node);
    return { node, objects, arrays, inner: [...inner], at: 0 };
  }

  #write({ node, objects, arrays, inner }: Plan): void {
    const expression = this.#builder.choice(
      this.#builder.terminal(this.#scalars.of(node)),
      ...objects.map((plan) => this.#objects.of(plan)),
      ...arrays.map((plan) => this.#arrays.of(plan)),
    );
    const depth = inner.reduce((most, part) => Math.max(most, 1 + (this.#written.get(part)?.depth ?? 0)), 0);
    const recurs = this.#rules.has(node);
    if (!recurs && depth < DEEPEST_IN_PLACE) {
      this.#written.set(node, { expression, depth });
      return;
    }
    const rule = this.#ruleOf(node);
    this.#builder.define(rule, expression);
    this.#written.set(node, { expression: rule, depth: 0 });
  }

  #ruleOf(node: Node): Expression {
    const known = this.#rules.get(node) ?? this.#builder.declare("value");
    this.#rules.set(node, known);
    return known;
  }
}
