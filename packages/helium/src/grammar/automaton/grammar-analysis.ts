import type { Expression, GrammarBuilder } from "./grammar-builder.ts";

/** What is known of the expressions of a grammar: which may be the empty text, and which have any text at all. */
export class GrammarAnalysis {
  readonly #grammar: GrammarBuilder;
  readonly #nullable: Marks;
  readonly #productive: Marks;

  /** @throws GrammarError for a rule that is used, but not defined */
  constructor(grammar: GrammarBuilder, root: Expression) {
    this.#grammar = grammar;
    const order = reachable(grammar, root);
    const parents = new Parents(grammar, order);
    this.#nullable = leastFixpoint(grammar, order, parents, this.#isTerminalNullable);
    this.#productive = leastFixpoint(grammar, order, parents, this.#isTerminalProductive);
  }

  readonly isNullable = (expression: Expression): boolean =>
    this.#nullable.get(expression, () => this.#grammar.holds(expression, this.isNullable, this.#isTerminalNullable));

  readonly isProductive = (expression: Expression): boolean =>
    this.#productive.get(expression, () =>
      this.#grammar.holds(expression, this.isProductive, this.#isTerminalProductive),
    );

  readonly #isTerminalNullable = (regex: number): boolean => this.#grammar.regexes.isNullable(regex);
  readonly #isTerminalProductive = (regex: number): boolean => !this.#grammar.regexes.isEmpty(regex);
}

/** Of each expression: it holds, it does not, or it is not known. Expressions are small numbers without gaps. */
class Marks {
  #values: Int8Array;

  constructor(size: number) {
    this.#values = new Int8Array(size).fill(-1);
  }

  /** @param find for expressions that are made later, of parts that are known */
  get(expression: Expression, find: () => boolean): boolean {
    const known = this.#values[expression] ?? -1;
    if (known >= 0) return known === 1;
    const value = find();
    this.set(expression, value);
    return value;
  }

  holds(expression: Expression): boolean {
    return this.#values[expression] === 1;
  }

  set(expression: Expression, value: boolean): void {
    if (expression >= this.#values.length) {
      const grown = new Int8Array(Math.max(expression + 1, 2 * this.#values.length)).fill(-1);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[expression] = value ? 1 : 0;
  }
}

/** The expressions that hold each one, as one list with the place where those of each begin. */
class Parents {
  readonly #starts: Int32Array;
  readonly #list: Int32Array;

  constructor(grammar: GrammarBuilder, order: readonly Expression[]) {
    const ends = new Int32Array(grammar.size + 1);
    for (const expression of order)
      grammar.partsOf(expression).forEach((part) => (ends[part + 1] = (ends[part + 1] ?? 0) + 1));
    for (let i = 0; i < grammar.size; i++) ends[i + 1] = (ends[i + 1] ?? 0) + (ends[i] ?? 0);
    this.#starts = ends.slice();
    this.#list = new Int32Array(ends[grammar.size] ?? 0);
    for (const expression of order)
      grammar.partsOf(expression).forEach((part) => {
        const at = ends[part] ?? 0;
        this.#list[at] = expression;
        ends[part] = at + 1;
      });
  }

  addTo(list: Expression[], part: Expression): void {
    const end = this.#starts[part + 1] ?? 0;
    for (let at = this.#starts[part] ?? 0; at < end; at++) list.push(this.#list[at] ?? 0);
  }
}

/** All expressions below the root, parts before what holds them as far as there is no recursion. */
function reachable(grammar: GrammarBuilder, root: Expression): readonly Expression[] {
  const order: Expression[] = [];
  const seen = new Uint8Array(grammar.size);
  seen[root] = 1;
  const path = [{ expression: root, parts: grammar.partsOf(root), at: 0 }];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const part = top.parts[top.at++];
    if (part === undefined) {
      order.push(top.expression);
      path.pop();
    } else if (seen[part] === 0) {
      seen[part] = 1;
      path.push({ expression: part, parts: grammar.partsOf(part), at: 0 });
    }
  }
  return order;
}

/** Values that begin as false and become true from the parts up; each expression is looked at again when a part changes. */
function leastFixpoint(
  grammar: GrammarBuilder,
  order: readonly Expression[],
  parents: Parents,
  ofTerminal: (regex: number) => boolean,
): Marks {
  const marks = new Marks(grammar.size);
  for (const expression of order) marks.set(expression, false);
  const of = (part: Expression): boolean => marks.holds(part);
  let open: readonly Expression[] = order;
  while (open.length > 0) {
    const changed: Expression[] = [];
    for (const expression of open) {
      if (of(expression) || !grammar.holds(expression, of, ofTerminal)) continue;
      marks.set(expression, true);
      parents.addTo(changed, expression);
    }
    open = changed;
  }
  return marks;
}
