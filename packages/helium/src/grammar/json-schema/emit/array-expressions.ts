import type { Expression, GrammarBuilder } from "../../automaton/grammar-builder.ts";
import { tooMuch } from "../documents/refusals.ts";
import type { Node } from "../shapes/nodes.ts";
import type { ArrayPlan, Choice, DistinctValues, Scalar } from "./array-plan.ts";
import type { Punctuation } from "./punctuation.ts";

/** Places times counts of what arrays contain. */
const MOST_STATES = 20_000;

/** What array expressions are written with. */
export interface ArrayParts {
  valueOf(node: Node): Expression;
  scalar(value: Scalar): Expression;
}

/** Writes arrays. */
export class ArrayExpressions {
  readonly #builder: GrammarBuilder;
  readonly #parts: ArrayParts;
  readonly #open: Expression;
  readonly #close: Expression;
  readonly #comma: Expression;
  readonly #space: Expression;

  constructor(builder: GrammarBuilder, tokens: Punctuation, parts: ArrayParts) {
    this.#builder = builder;
    this.#parts = parts;
    this.#open = tokens.openArray;
    this.#close = tokens.closeArray;
    this.#comma = tokens.comma;
    this.#space = tokens.space;
  }

  of(plan: ArrayPlan): Expression {
    if (plan.distinct !== null) return this.#distinct(plan.distinct, plan.min, plan.max);
    return plan.contains.length > 0 ? this.#containing(plan) : this.#plain(plan);
  }

  #element(choices: readonly Choice[], isFirst: boolean): Expression {
    return this.#placed(this.#builder.choice(...choices.map(({ node }) => this.#parts.valueOf(node))), isFirst);
  }

  #placed(value: Expression, isFirst: boolean): Expression {
    return this.#builder.sequence(isFirst ? this.#builder.empty : this.#comma, value, this.#space);
  }

  /** Elements at their places, then as many others as there may be. */
  #plain({ prefix, rest, min, max }: ArrayPlan): Expression {
    const others = (count: number, isFirst: boolean): Expression => {
      const [least, most] = [Math.max(0, min - count), max - count];
      if (rest.length === 0 || most <= 0) return least === 0 ? this.#close : this.#builder.nothing;
      const more = this.#builder.repeat(
        this.#element(rest, false),
        isFirst ? Math.max(0, least - 1) : least,
        isFirst ? most - 1 : most,
      );
      if (!isFirst) return this.#builder.sequence(more, this.#close);
      const some = this.#builder.sequence(this.#element(rest, true), more, this.#close);
      return least === 0 ? this.#builder.choice(this.#close, some) : some;
    };
    let tail = others(prefix.length, prefix.length === 0);
    for (let index = prefix.length - 1; index >= 0; index--) {
      const written = this.#builder.sequence(this.#element(prefix[index] ?? [], index === 0), tail);
      tail = index >= min ? this.#builder.choice(this.#close, written) : written;
    }
    return this.#builder.sequence(this.#open, tail);
  }

  /** Values of which each comes at most once, in any order: a rest for each set of those that are left. */
  #distinct({ values, prefix, rest }: DistinctValues, min: number, max: number): Expression {
    const known = new Map<number, Expression>();
    const all = 2 ** values.length - 1;
    for (let left = 0; left <= all; left++) {
      const used = values.length - [...left.toString(2)].filter((bit) => bit === "1").length;
      const isFirst = used === 0;
      const here = left & (prefix[used] ?? rest);
      const more = values.flatMap((value, bit) => {
        if ((here & (1 << bit)) === 0 || used >= max) return [];
        const after = known.get(left & ~(1 << bit)) ?? this.#builder.nothing;
        return [this.#builder.sequence(this.#placed(this.#parts.scalar(value), isFirst), after)];
      });
      known.set(left, this.#builder.choice(used >= min ? this.#close : this.#builder.nothing, ...more));
    }
    return this.#builder.sequence(this.#open, known.get(all) ?? this.#builder.nothing);
  }

  /** A rest for each place and for each count of what is contained; rules, since places behind the last one are alike. */
  #containing(plan: ArrayPlan): Expression {
    const { prefix, rest, min, max, contains } = plan;
    const lastPlace = Math.max(1, prefix.length, max === Infinity ? min : max);
    const rules = new Map<string, Expression>();
    const open: { rule: Expression; place: number; counts: readonly number[] }[] = [];
    const restAt = (place: number, counts: readonly number[]): Expression => {
      const key = `${place} ${counts.join()}`;
      const known = rules.get(key);
      if (known !== undefined) return known;
      if (rules.size >= MOST_STATES) throw tooMuch(MOST_STATES, "counts of what an array contains");
      const rule = this.#builder.declare("elements");
      rules.set(key, rule);
      open.push({ rule, place, counts });
      return rule;
    };
    const start = restAt(
      0,
      contains.map(() => 0),
    );
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { rule, place, counts } = next;
      const isEnough = place >= min && contains.every(({ min: least }, index) => (counts[index] ?? 0) >= least);
      const ways = isEnough ? [this.#close] : [];
      for (const choice of place >= max ? [] : (prefix[place] ?? rest)) {
        const added = contains.map((one, index) =>
          this.#counted(counts[index] ?? 0, one, choice.counts & (1 << index)),
        );
        if (added.includes(Infinity)) continue;
        const after = restAt(max === Infinity ? Math.min(place + 1, lastPlace) : place + 1, added);
        ways.push(this.#builder.sequence(this.#element([choice], place === 0), after));
      }
      this.#builder.define(rule, this.#builder.choice(...ways));
    }
    return this.#builder.sequence(this.#open, start);
  }

  /** The count behind an element: up to what matters; ∞ where there are too many. */
  #counted(count: number, { min, max }: { readonly min: number; readonly max: number }, isCounted: number): number {
    if (isCounted === 0) return count;
    if (max !== Infinity) return count + 1 > max ? Infinity : count + 1;
    return Math.min(count + 1, min);
  }
}
