import { ANY, literal, NEVER, together, type Literal } from "../documents/schema-pool.ts";
import { all, any, atom, no, type Formula } from "../keywords/formulas.ts";
import type { ArrayAtom, Contains } from "../keywords/json-types.ts";
import type { ShapeContext } from "./object-shape.ts";
import type { Judgement, Shape } from "./shape.ts";

type Items = Extract<ArrayAtom, { is: "items" }>;

/** Elements that are looked at to see whether some are certain to be of a kind. */
const MOST_LOOKED_AT = 64;

/** The arrays for which some atoms hold together. */
export class ArrayShape implements Shape<ArrayAtom> {
  readonly #context: ShapeContext;
  /** What the elements at the first places satisfy, and what all behind them do. */
  prefix: readonly (readonly Literal[])[] = [];
  rest: readonly Literal[] = [];
  contains: readonly Contains[] = [];
  min = 0;
  max = Infinity;
  /** No two elements are equal. */
  isUnique = false;
  /** Two elements are equal. */
  isRepeating = false;

  constructor(context: ShapeContext) {
    this.#context = context;
  }

  get size(): number {
    return 1 + this.prefix.length;
  }

  clone(): ArrayShape {
    return Object.assign(new ArrayShape(this.#context), {
      prefix: this.prefix,
      rest: this.rest,
      contains: this.contains,
      min: this.min,
      max: this.max,
      isUnique: this.isUnique,
      isRepeating: this.isRepeating,
    });
  }

  at(index: number): readonly Literal[] {
    return this.prefix[index] ?? this.rest;
  }

  add(one: ArrayAtom): boolean {
    switch (one.is) {
      case "items":
        return this.#addItems(one);
      case "at":
        return this.#narrow(one.index, [one.literal]) && this.#clip();
      case "length":
        this.min = Math.max(this.min, one.min);
        this.max = Math.min(this.max, one.max);
        return this.#clip();
      case "contains":
        return this.#addContains(one);
      case "unique":
        this.isUnique ||= one.unique;
        this.isRepeating ||= !one.unique;
        if (this.isRepeating) this.min = Math.max(this.min, 2);
        return !(this.isUnique && this.isRepeating) && this.#clip();
    }
  }

  judge(one: ArrayAtom): Judgement {
    switch (one.is) {
      case "items":
        return this.#judgeItems(one);
      case "at":
        return this.#judgeAt(one.index, one.literal);
      case "length":
        if (this.min > one.max || this.max < one.min) return -1;
        return this.min >= one.min && this.max <= one.max ? 1 : 0;
      case "contains":
        return this.#judgeContains(one);
      case "unique":
        if (this.max <= 1) return one.unique ? 1 : -1;
        return this.isUnique || this.isRepeating ? (this.isUnique === one.unique ? 1 : -1) : 0;
    }
  }

  complement(one: ArrayAtom): Formula<ArrayAtom> {
    switch (one.is) {
      case "items":
        return complementOfItems(one);
      case "at":
        return present(one.index, one.literal ^ 1);
      case "length":
        return any([
          one.min === 0 ? no : atom<ArrayAtom>({ is: "length", min: 0, max: one.min - 1 }),
          one.max === Infinity ? no : atom<ArrayAtom>({ is: "length", min: one.max + 1, max: Infinity }),
        ]);
      case "contains":
        return any([
          one.min === 0 ? no : atom<ArrayAtom>({ ...one, min: 0, max: one.min - 1 }),
          one.max === Infinity ? no : atom<ArrayAtom>({ ...one, min: one.max + 1, max: Infinity }),
        ]);
      case "unique":
        return atom({ is: "unique", unique: !one.unique });
    }
  }

  isCovered(): boolean {
    return false;
  }

  /** Sets `max` to what elements there can be; false where that is too few. */
  #clip(): boolean {
    const impossible = this.prefix.findIndex(
      (literals, index) => index < this.max && this.#context.isNothing(literals),
    );
    if (impossible >= 0) this.max = impossible;
    if (this.max > this.prefix.length && this.#context.isNothing(this.rest)) this.max = this.prefix.length;
    return this.min <= this.max;
  }

  #addItems({ prefix, rest }: Items): boolean {
    const length = Math.max(prefix.length, this.prefix.length);
    this.prefix = Array.from({ length }, (_, index) => together(this.at(index), [literal(prefix[index] ?? rest)]));
    this.rest = together(this.rest, [literal(rest)]);
    return this.#clip();
  }

  #narrow(index: number, literals: readonly Literal[]): boolean {
    const length = Math.max(index + 1, this.prefix.length);
    this.prefix = Array.from({ length }, (_, i) => (i === index ? together(this.at(i), literals) : this.at(i)));
    return true;
  }

  #addContains(one: Extract<ArrayAtom, { is: "contains" }>): boolean {
    if (one.min > one.max) return false;
    if (one.max === 0) {
      const without = (literals: readonly Literal[], index: number): readonly Literal[] =>
        index < one.from ? literals : together(literals, [one.literal ^ 1]);
      const length = Math.max(one.from, this.prefix.length);
      this.prefix = Array.from({ length }, (_, index) => without(this.at(index), index));
      this.rest = without(this.rest, length);
      return this.#clip();
    }
    if (one.min > 0 && this.#context.isNothing(together([one.literal]))) return false;
    this.min = Math.max(this.min, one.min === 0 ? 0 : one.from + one.min);
    if (one.literal === ANY) this.max = Math.min(this.max, one.from + one.max);
    else this.contains = [...this.contains, one];
    return this.#clip();
  }

  #judgeAt(index: number, one: Literal): Judgement {
    if (index >= this.max) return 1;
    const own = this.at(index);
    if (own.includes(one) || one === ANY) return 1;
    if (this.#context.isNothing(together(own, [one]))) return index < this.min ? -1 : 0;
    return own.length > 0 && this.#context.isNothing(together(own, [one ^ 1])) ? 1 : 0;
  }

  #judgeItems({ prefix, rest }: Items): Judgement {
    let least: Judgement = 1;
    for (let index = 0; index <= Math.max(prefix.length, this.prefix.length); index++) {
      const judged = this.#judgeAt(index, literal(prefix[index] ?? rest));
      if (judged === -1) return -1;
      if (judged === 0) least = 0;
    }
    return least;
  }

  #judgeContains({ literal, from, min, max }: Contains): Judgement {
    if (min > 0 && this.max < from + min) return -1;
    if (max !== Infinity) return this.max <= from ? (min === 0 ? 1 : -1) : 0;
    let certain = 0;
    for (let index = from; index < Math.min(this.min, from + MOST_LOOKED_AT); index++) {
      if (this.#judgeAt(index, literal) === 1) certain++;
    }
    return certain >= min ? 1 : 0;
  }
}

/** There is an element at the index, and it satisfies this. */
const present = (index: number, one: Literal): Formula<ArrayAtom> =>
  all([
    atom<ArrayAtom>({ is: "length", min: index + 1, max: Infinity }),
    atom<ArrayAtom>({ is: "at", index, literal: one }),
  ]);

function complementOfItems({ prefix, rest }: Items): Formula<ArrayAtom> {
  const parts = prefix.map((schema, index) => (schema === 0 ? no : present(index, literal(schema, false))));
  const outside = literal(rest, false);
  if (outside === (NEVER ^ 1)) parts.push(atom({ is: "length", min: prefix.length + 1, max: Infinity }));
  else if (outside !== (ANY ^ 1)) {
    parts.push(atom({ is: "contains", literal: outside, from: prefix.length, min: 1, max: Infinity }));
  }
  return any(parts);
}
