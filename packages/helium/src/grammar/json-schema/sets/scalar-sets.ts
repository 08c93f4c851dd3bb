import { ANY, type Literal, type SchemaId } from "../documents/schema-pool.ts";
import type { Formula } from "../keywords/formulas.ts";
import { words, type Atoms, type WordSet } from "../keywords/json-types.ts";
import type { SchemaReader } from "../keywords/schema-reader.ts";
import { allNumbers, noNumbers, numbersAnd, numbersNot, numbersOr, type NumberSet } from "./number-sets.ts";
import { allStrings, noStrings, type StringSet, type StringSets } from "./string-sets.ts";

export type ScalarType = "word" | "number" | "string";

interface Algebra<Value> {
  readonly all: Value;
  readonly none: Value;
  and(a: Value, b: Value): Value;
  or(a: Value, b: Value): Value;
  not(a: Value): Value;
}

const wordAlgebra: Algebra<WordSet> = {
  all: words.all,
  none: words.none,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  not: (a) => words.all & ~a,
};

/** @param spend takes pairs of ranges that are looked at */
const numberAlgebra = (spend: (pairs: number) => void): Algebra<NumberSet> => ({
  all: allNumbers,
  none: noNumbers,
  and(a, b) {
    spend(a.length * b.length);
    return numbersAnd(a, b);
  },
  or(a, b) {
    spend(a.length + b.length);
    return numbersOr(a, b);
  },
  not(a) {
    spend(a.length ** 2);
    return numbersNot(a);
  },
});

const stringAlgebra = (sets: StringSets): Algebra<StringSet> => ({
  all: allStrings,
  none: noStrings,
  and: (a, b) => sets.and(a, b),
  or: (a, b) => sets.or(a, b),
  not: (a) => sets.not(a),
});

/** The words, numbers and strings that satisfy schemas, as sets with union, intersection and complement. */
export class ScalarSets {
  readonly #reader: SchemaReader;
  readonly #algebras: { readonly [Type in ScalarType]: Algebra<Atoms[Type]> };
  readonly #known: { readonly [Type in ScalarType]: Map<SchemaId, Atoms[Type]> } = {
    word: new Map(),
    number: new Map(),
    string: new Map(),
  };

  constructor(reader: SchemaReader, strings: StringSets) {
    this.#reader = reader;
    this.#algebras = {
      word: wordAlgebra,
      number: numberAlgebra((pairs) => strings.spend(pairs / 4)),
      string: stringAlgebra(strings),
    };
  }

  /** The values of a type that satisfy all of these. */
  of<Type extends ScalarType>(type: Type, literals: readonly Literal[]): Atoms[Type] {
    const algebra: Algebra<Atoms[Type]> = this.#algebras[type];
    return literals.reduce((set, literal) => {
      if (literal === ANY) return set;
      const own = this.#ofSchema(type, literal >> 1);
      return algebra.and(set, literal & 1 ? algebra.not(own) : own);
    }, algebra.all);
  }

  #ofSchema<Type extends ScalarType>(type: Type, schema: SchemaId): Atoms[Type] {
    const known: Map<SchemaId, Atoms[Type]> = this.#known[type];
    for (const part of this.#reader.inPlace(type, schema)) {
      known.set(part, this.#evaluate(type, this.#reader.read(type, part)));
    }
    // Where an error came between, a part is in order, but has no value yet.
    const value = known.get(schema) ?? this.#evaluate(type, this.#reader.read(type, schema));
    known.set(schema, value);
    return value;
  }

  /** Schemas that the formula names are known by now. */
  #evaluate<Type extends ScalarType>(type: Type, formula: Formula<Atoms[Type]>): Atoms[Type] {
    const algebra: Algebra<Atoms[Type]> = this.#algebras[type];
    const of = (part: Formula<Atoms[Type]>): Atoms[Type] => this.#evaluate(type, part);
    switch (formula.op) {
      case "yes":
        return algebra.all;
      case "no":
        return algebra.none;
      case "atom":
        return formula.atom;
      case "schema":
        return this.#ofSchema(type, formula.schema);
      case "not":
        return algebra.not(of(formula.part));
      case "all":
        return formula.parts.map(of).reduce((a, b) => algebra.and(a, b), algebra.all);
      case "any":
        return formula.parts.map(of).reduce((a, b) => algebra.or(a, b), algebra.none);
      case "one": {
        let one = algebra.none;
        let before = algebra.none;
        for (const set of formula.parts.map(of)) {
          one = algebra.or(algebra.and(one, algebra.not(set)), algebra.and(set, algebra.not(before)));
          before = algebra.or(before, set);
        }
        return one;
      }
    }
  }
}
