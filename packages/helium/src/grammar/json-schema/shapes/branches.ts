import { tooMuch } from "../documents/refusals.ts";
import type { SchemaId } from "../documents/schema-pool.ts";
import { all, any, not, type Formula } from "../keywords/formulas.ts";
import { MOST_BRANCHES, type Budget } from "./budget.ts";
import type { Judgement, Shape } from "./shape.ts";

function checkCount(branches: number): void {
  if (branches > MOST_BRANCHES) throw tooMuch(MOST_BRANCHES, "alternatives for one value");
}

/** References within references that are followed to judge a formula. */
const DEEPEST_JUDGED = 8;

/** Units of work for each alternative of exactly one that is excluded beside another. */
const EXCLUDING = 4;

interface Branch<Atom, Kind> {
  readonly shape: Kind;
  /** Formulas that must hold, in order. */
  todo: Formula<Atom>[];
  /** Alternatives that must be chosen from, when all else is known. */
  choices: Formula<Atom>[];
}

/**
 * The disjunctive normal form of formulas: shapes that together have the values for which all formulas hold. What a shape
 * already decides is not branched on, so that alternatives told apart by a constant do not multiply.
 */
export class Branches<Atom, Kind extends Shape<Atom>> {
  readonly #read: (schema: SchemaId) => Formula<Atom>;
  readonly #budget: Budget;

  constructor(read: (schema: SchemaId) => Formula<Atom>, budget: Budget) {
    this.#read = read;
    this.#budget = budget;
  }

  /** @throws GrammarLimitError for alternatives that multiply too far */
  of(formulas: readonly Formula<Atom>[], start: Kind): readonly Kind[] {
    const shapes: Kind[] = [];
    const open: Branch<Atom, Kind>[] = [{ shape: start, todo: [...formulas], choices: [] }];
    for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
      if (!this.#settle(branch)) continue;
      const alternatives = branch.choices.shift();
      if (alternatives === undefined) {
        shapes.push(branch.shape);
        continue;
      }
      const left = this.#alternatives(branch.shape, alternatives);
      checkCount(shapes.length + open.length + left.length);
      for (const todo of this.#disjoint(branch.shape, left).reverse()) {
        const shape = branch.shape.clone() as Kind;
        open.push({ shape, todo: [...todo], choices: [...branch.choices] });
        this.#budget.spend(10 + shape.size + branch.choices.length);
      }
    }
    return shapes;
  }

  /** Adds all that holds without a choice; false where nothing is left. */
  #settle(branch: Branch<Atom, Kind>): boolean {
    for (;;) {
      if (!this.#takeAll(branch)) return false;
      const choices: Formula<Atom>[] = [];
      for (const choice of branch.choices) {
        const judged = this.#judge(branch.shape, choice, 0);
        if (judged === 1 || (choice.op === "any" && branch.shape.isCovered(this.#flat(branch.shape, choice, 0))))
          continue;
        const left = judged === -1 ? [] : this.#alternatives(branch.shape, choice);
        const [only] = left;
        if (only === undefined) return false;
        if (left.length === 1) branch.todo.push(only);
        else choices.push(choice);
      }
      branch.choices = choices;
      if (branch.todo.length === 0) return true;
    }
  }

  /** Takes formulas apart in order; a stack, since schemas may lie thousands deep in one another. */
  #takeAll(branch: Branch<Atom, Kind>): boolean {
    const stack = branch.todo.reverse();
    branch.todo = [];
    for (let formula = stack.pop(); formula !== undefined; formula = stack.pop()) {
      this.#budget.spend(formula.op === "atom" ? branch.shape.size : 1);
      if (formula.op === "no") return false;
      if (formula.op === "atom" && !branch.shape.add(formula.atom)) return false;
      if (formula.op === "schema") stack.push(this.#read(formula.schema));
      if (formula.op === "all") for (const part of [...formula.parts].reverse()) stack.push(part);
      if (formula.op === "not") stack.push(this.#complement(branch.shape, formula.part));
      if (formula.op === "any" || formula.op === "one") branch.choices.push(formula);
    }
    return true;
  }

  /** The complement of a formula, with `not` one level further in. */
  #complement(shape: Kind, formula: Formula<Atom>): Formula<Atom> {
    switch (formula.op) {
      case "yes":
      case "no":
        return not(formula);
      case "atom":
        return shape.complement(formula.atom);
      case "schema":
        return not(this.#read(formula.schema));
      case "not":
        return formula.part;
      case "all":
        return any(formula.parts.map(not));
      case "any":
        return all(formula.parts.map(not));
      case "one": {
        const { parts } = formula;
        const pairs = parts.flatMap((a, i) => parts.slice(i + 1).map((b) => all([a, b])));
        this.#budget.spend(pairs.length);
        return any([all(parts.map(not)), ...pairs]);
      }
    }
  }

  /** Each alternative without the simple ones before it, so that combinations do not come twice. */
  #disjoint(shape: Kind, alternatives: readonly Formula<Atom>[]): Formula<Atom>[][] {
    const before: Formula<Atom>[] = [];
    return alternatives.map((formula) => {
      this.#budget.spend(before.length);
      const todo = [...before, formula];
      const other = formula.op === "atom" ? shape.complement(formula.atom) : null;
      if (other?.op === "atom") before.push(other);
      return todo;
    });
  }

  /** Alternatives within alternatives, as one list. */
  #flat(shape: Kind, formula: Formula<Atom>, depth: number): readonly Formula<Atom>[] {
    this.#budget.spend(1);
    if (depth > DEEPEST_JUDGED) return [formula];
    if (formula.op === "any") return formula.parts.flatMap((part) => this.#flat(shape, part, depth + 1));
    if (formula.op === "schema") return this.#flat(shape, this.#read(formula.schema), depth + 1);
    return formula.op === "not" ? this.#flat(shape, this.#complement(shape, formula.part), depth + 1) : [formula];
  }

  /** The alternatives that a shape leaves open. */
  #alternatives(shape: Kind, choice: Formula<Atom>): Formula<Atom>[] {
    if (choice.op !== "any" && choice.op !== "one") return [choice];
    const parts = choice.op === "any" ? this.#flat(shape, choice, 0) : choice.parts;
    const open = parts.filter((part) => this.#judge(shape, part, 0) !== -1);
    if (choice.op === "any" || open.length === 1) return open;
    this.#budget.spend(EXCLUDING * open.length ** 2);
    const others = open.map(not);
    return open.map((part, index) => all([part, ...others.slice(0, index), ...others.slice(index + 1)]));
  }

  #judge(shape: Kind, formula: Formula<Atom>, depth: number): Judgement {
    this.#budget.spend(formula.op === "atom" ? shape.size : 1);
    switch (formula.op) {
      case "yes":
        return 1;
      case "no":
        return -1;
      case "atom":
        return shape.judge(formula.atom);
      case "schema":
        return depth >= DEEPEST_JUDGED ? 0 : this.#judge(shape, this.#read(formula.schema), depth + 1);
      case "not": {
        const { part } = formula;
        if (part.op === "atom") return this.#judge(shape, shape.complement(part.atom), depth + 1);
        return -this.#judge(shape, part, depth) as Judgement;
      }
      case "all":
        return this.#judgeParts(shape, formula.parts, depth, -1);
      case "any":
        return this.#judgeParts(shape, formula.parts, depth, 1);
      case "one":
        return this.#judgeOne(shape, formula.parts, depth);
    }
  }

  /** Of alternatives (`best` 1) the highest judgement, of what must hold together (−1) the lowest. */
  #judgeParts(shape: Kind, parts: readonly Formula<Atom>[], depth: number, best: 1 | -1): Judgement {
    let result: Judgement = best === 1 ? -1 : 1;
    for (const part of parts) {
      const judged = this.#judge(shape, part, depth);
      if (judged === best) return best;
      if (judged === 0) result = 0;
    }
    return result;
  }

  #judgeOne(shape: Kind, parts: readonly Formula<Atom>[], depth: number): Judgement {
    const judged = parts.map((part) => this.#judge(shape, part, depth));
    const [certain, unknown] = [judged.filter((one) => one === 1).length, judged.filter((one) => one === 0).length];
    if (certain > 1 || certain + unknown === 0) return -1;
    return certain === 1 && unknown === 0 ? 1 : 0;
  }
}
