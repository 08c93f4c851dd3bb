import type { Expression, GrammarBuilder } from "./grammar-builder.ts";

/** What is known of the expressions of a grammar: which may be the empty text, and which have any text at all. */
export class GrammarAnalysis {
  readonly #grammar: GrammarBuilder;
  readonly #nullable: Map<Expression, boolean>;
  readonly #productive: Map<Expression, boolean>;

  /** @throws GrammarError for a rule that is used, but not defined */
  constructor(grammar: GrammarBuilder, root: Expression) {
    this.#grammar = grammar;
    const order = reachable(grammar, root);
    this.#nullable = leastFixpoint(grammar, order, this.#isTerminalNullable);
    this.#productive = leastFixpoint(grammar, order, this.#isTerminalProductive);
  }

  readonly isNullable = (expression: Expression): boolean =>
    known(this.#nullable, expression, () => this.#grammar.holds(expression, this.isNullable, this.#isTerminalNullable));

  readonly isProductive = (expression: Expression): boolean =>
    known(this.#productive, expression, () =>
      this.#grammar.holds(expression, this.isProductive, this.#isTerminalProductive),
    );

  readonly #isTerminalNullable = (regex: number): boolean => this.#grammar.regexes.isNullable(regex);
  readonly #isTerminalProductive = (regex: number): boolean => !this.#grammar.regexes.isEmpty(regex);
}

/** Expressions that are made later, of parts that are known. */
function known(values: Map<Expression, boolean>, expression: Expression, find: () => boolean): boolean {
  const value = values.get(expression) ?? find();
  values.set(expression, value);
  return value;
}

/** All expressions below the root, parts before what holds them as far as there is no recursion. */
function reachable(grammar: GrammarBuilder, root: Expression): readonly Expression[] {
  const order: Expression[] = [];
  const seen = new Set([root]);
  const path = [{ expression: root, parts: grammar.partsOf(root), at: 0 }];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const part = top.parts[top.at++];
    if (part === undefined) {
      order.push(top.expression);
      path.pop();
    } else if (!seen.has(part)) {
      seen.add(part);
      path.push({ expression: part, parts: grammar.partsOf(part), at: 0 });
    }
  }
  return order;
}

/** Values that begin as false and become true from the parts up; each expression is looked at again when a part changes. */
function leastFixpoint(
  grammar: GrammarBuilder,
  order: readonly Expression[],
  ofTerminal: (regex: number) => boolean,
): Map<Expression, boolean> {
  const values = new Map<Expression, boolean>(order.map((expression) => [expression, false]));
  const parents = new Map<Expression, Expression[]>();
  for (const expression of order)
    for (const part of grammar.partsOf(expression)) {
      const those = parents.get(part);
      if (those) those.push(expression);
      else parents.set(part, [expression]);
    }
  const of = (part: Expression): boolean => values.get(part) ?? false;
  let open = [...order];
  while (open.length > 0) {
    const changed: Expression[] = [];
    for (const expression of open) {
      if (of(expression) || !grammar.holds(expression, of, ofTerminal)) continue;
      values.set(expression, true);
      changed.push(...(parents.get(expression) ?? []));
    }
    open = changed;
  }
  return values;
}
