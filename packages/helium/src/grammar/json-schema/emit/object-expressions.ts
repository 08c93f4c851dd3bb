import type { Expression, GrammarBuilder } from "../../automaton/grammar-builder.ts";
import { tooMuch } from "../documents/refusals.ts";
import type { Regex } from "../../regex/index.ts";
import type { Node } from "../shapes/nodes.ts";
import type { ObjectPlan, OpenMember } from "./object-plan.ts";
import type { Punctuation } from "./punctuation.ts";
import type { Spellings } from "./spellings.ts";

/** Members times counts that are told apart. */
const MOST_COUNTED = 100_000;

/** Members that may be left out in a row, behind which the rest is a rule: alternatives side by side stay few. */
const RUN = 32;

/** Writes objects: members in order, the rests behind them shared. */
export class ObjectExpressions {
  readonly #builder: GrammarBuilder;
  readonly #tokens: Punctuation;
  readonly #spellings: Spellings;
  readonly #valueOf: (node: Node) => Expression;

  constructor(builder: GrammarBuilder, tokens: Punctuation, spellings: Spellings, valueOf: (node: Node) => Expression) {
    this.#builder = builder;
    this.#tokens = tokens;
    this.#spellings = spellings;
    this.#valueOf = valueOf;
  }

  of(plan: ObjectPlan): Expression {
    const { members, min, max } = plan;
    const required = members.filter(({ isRequired }) => isRequired).length;
    const most = plan.open.length > 0 ? Infinity : members.length;
    // Counts are told apart only up to where they stop to matter.
    const counted = max < most ? Math.min(max, members.length) : min > required ? Math.min(min, members.length) : 0;
    const isCounted = counted > 0 || max === 0;
    if (members.length * (counted + 1) > MOST_COUNTED) throw tooMuch(MOST_COUNTED, "members times counts of members");
    let started = Array.from({ length: counted + 1 }, (_, count) =>
      this.#others(plan, isCounted ? count : required, false),
    );
    let fresh = this.#others(plan, 0, true);
    let run = 0;
    for (const { key, node, isRequired } of [...members].reverse()) {
      const member = this.#named(this.#spellings.plain(key), node);
      const after = (count: number): Expression => {
        if (isCounted && count + 1 > max) return this.#builder.nothing;
        return started[Math.min(count + 1, counted)] ?? this.#builder.nothing;
      };
      const first = this.#builder.sequence(member, after(0));
      const next = started.map((rest, count) => {
        const written = this.#builder.sequence(this.#tokens.comma, member, after(count));
        return isRequired ? written : this.#builder.choice(written, rest);
      });
      fresh = isRequired ? first : this.#builder.choice(first, fresh);
      started = next;
      run = isRequired ? 0 : run + 1;
      if (run % RUN === 0 && run > 0) {
        started = started.map((rest) => this.#rule(rest));
        fresh = this.#rule(fresh);
      }
    }
    return this.#builder.sequence(this.#tokens.openObject, fresh);
  }

  /** The members without names, of which there are so many that `before` and they are neither too few nor too many. */
  #others({ open, witnesses, min, max }: ObjectPlan, before: number, isFirst: boolean): Expression {
    const { closeObject: close } = this.#tokens;
    const [least, most] = [Math.max(0, min - before), max - before];
    if (open.length === 0) return least <= 0 && most >= 0 ? close : this.#builder.nothing;
    if (witnesses.length > 0) return this.#withWitnesses({ open, witnesses, least, most, isFirst });
    const more = this.#repeated(open, least - (isFirst ? 1 : 0), most - (isFirst ? 1 : 0));
    if (!isFirst) return this.#builder.sequence(more, close);
    const some = this.#builder.sequence(this.#member(open, true), more, close);
    return least <= 0 ? this.#builder.choice(close, some) : some;
  }

  #withWitnesses(
    given: Pick<ObjectPlan, "open" | "witnesses"> & { least: number; most: number; isFirst: boolean },
  ): Expression {
    const { open, witnesses, isFirst } = given;
    const [least, most] = [given.least - witnesses.length, given.most - witnesses.length];
    if (most < 0) return this.#builder.nothing;
    // Keys of witnesses are disjoint, so that they stand in any fixed order; the others stand before them.
    const found = witnesses.map(({ members }, index) => this.#member(members, isFirst && index === 0));
    const later = witnesses.map(({ members }) => this.#member(members, false));
    const { closeObject: end } = this.#tokens;
    if (!isFirst) return this.#builder.sequence(this.#repeated(open, least, most), ...later, end);
    const before = this.#builder.sequence(
      this.#member(open, true),
      this.#repeated(open, least - 1, most - 1),
      ...later,
      end,
    );
    const alone = this.#builder.sequence(...found, end);
    return least <= 0 ? this.#builder.choice(alone, before) : before;
  }

  #repeated(open: readonly OpenMember[], least: number, most: number): Expression {
    if (most < 0) return this.#builder.nothing;
    return this.#builder.repeat(this.#member(open, false), Math.max(0, least), most);
  }

  #member(open: readonly OpenMember[], isFirst: boolean): Expression {
    const any = this.#builder.choice(...open.map(({ keys, node }) => this.#named(this.#spellings.of(keys), node)));
    return isFirst ? any : this.#builder.sequence(this.#tokens.comma, any);
  }

  /** @param body what the key may be, without its quotes */
  #named(body: Regex, node: Node): Expression {
    const { colon, space } = this.#tokens;
    const key = this.#builder.terminal(this.#spellings.quoted(body));
    return this.#builder.sequence(key, colon, this.#valueOf(node), space);
  }

  #rule(body: Expression): Expression {
    const rule = this.#builder.declare("members");
    this.#builder.define(rule, body);
    return rule;
  }
}
