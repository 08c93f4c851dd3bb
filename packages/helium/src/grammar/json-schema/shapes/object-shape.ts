import { ANY, NEVER, together, type Literal } from "../documents/schema-pool.ts";
import { all, any, atom, no, type Formula } from "../keywords/formulas.ts";
import type { KeyMap, ObjectAtom } from "../keywords/json-types.ts";
import { allStrings, someStrings, type StringSet, type StringSets } from "../sets/string-sets.ts";
import type { Judgement, Shape } from "./shape.ts";

/** What shapes ask of the values within. */
export interface ShapeContext {
  readonly strings: StringSets;
  /** No value satisfies all of these, as far as can be told cheaply. */
  isNothing(literals: readonly Literal[]): boolean;
}

/** A member that must be there, under some key of a set. */
export interface Witness {
  readonly keys: StringSet;
  readonly literal: Literal;
}

interface Key {
  literals: readonly Literal[];
  isRequired: boolean;
}

/** The objects for which some atoms hold together. */
export class ObjectShape implements Shape<ObjectAtom> {
  /** Keys that are named, in the order in which they shall be written. */
  readonly keys = new Map<string, Key>();
  readonly #context: ShapeContext;
  maps: readonly KeyMap[] = [];
  /** Keys that are named by a map: they come before those that are only required. */
  readonly listed = new Set<string>();
  names: StringSet = allStrings;
  witnesses: readonly Witness[] = [];
  min = 0;
  max = Infinity;
  requiredCount = 0;

  constructor(context: ShapeContext) {
    this.#context = context;
  }

  get size(): number {
    return 1 + this.keys.size;
  }

  clone(): ObjectShape {
    const copy = new ObjectShape(this.#context);
    for (const [key, { literals, isRequired }] of this.keys) copy.keys.set(key, { literals, isRequired });
    for (const key of this.listed) copy.listed.add(key);
    copy.maps = this.maps;
    copy.names = this.names;
    copy.witnesses = this.witnesses;
    copy.min = this.min;
    copy.max = this.max;
    copy.requiredCount = this.requiredCount;
    return copy;
  }

  /** What the value of a key must satisfy where it is there. */
  literalsOf(key: string): readonly Literal[] {
    const known = this.keys.get(key);
    if (known !== undefined) return known.literals;
    if (!this.#context.strings.has(this.names, key)) return [NEVER];
    return together(...this.maps.map((map) => this.#inMap(map, key)));
  }

  isAbsent(key: string): boolean {
    return this.#context.isNothing(this.literalsOf(key));
  }

  add(one: ObjectAtom): boolean {
    switch (one.is) {
      case "map":
        return this.#addMap(one.map);
      case "value":
        return this.#narrow(one.key, [one.literal]);
      case "required":
        return one.keys.every((key) => this.#require(key));
      case "count":
        this.min = Math.max(this.min, one.min);
        this.max = Math.min(this.max, one.max);
        return this.min <= this.max && this.requiredCount <= this.max;
      case "names": {
        this.names = this.#context.strings.and(this.names, one.keys);
        return [...this.keys.keys()].every(
          (key) => this.#context.strings.has(one.keys, key) || this.#narrow(key, [NEVER]),
        );
      }
      case "witness":
        if (this.#context.isNothing(together([one.literal]))) return false;
        this.witnesses = [...this.witnesses, one];
        return true;
    }
  }

  judge(one: ObjectAtom): Judgement {
    switch (one.is) {
      case "map":
        return this.#judgeMap(one.map);
      case "value":
        return this.#judgeValue(one.key, [one.literal]);
      case "required":
        if (one.keys.every((key) => this.keys.get(key)?.isRequired)) return 1;
        return one.keys.some((key) => this.isAbsent(key)) ? -1 : 0;
      case "count":
        return this.#judgeCount(one.min, one.max);
      case "names":
        return this.#judgeNames(one.keys);
      case "witness":
        return this.#judgeWitness(one);
    }
  }

  complement(one: ObjectAtom): Formula<ObjectAtom> {
    switch (one.is) {
      case "map":
        return complementOfMap(one.map, this.#context.strings);
      case "value":
        return present(one.key, one.literal ^ 1);
      case "required":
        return any(one.keys.map((key) => atom({ is: "value", key, literal: NEVER })));
      case "count":
        return any([
          one.min === 0 ? no : atom<ObjectAtom>({ is: "count", min: 0, max: one.min - 1 }),
          one.max === Infinity ? no : atom<ObjectAtom>({ is: "count", min: one.max + 1, max: Infinity }),
        ]);
      case "names":
        return atom({ is: "witness", keys: this.#context.strings.not(one.keys), literal: ANY });
      case "witness":
        return complementOfWitness(one, this.#context.strings);
    }
  }

  /** Where a key may be absent, or else has a value that is certain, one of the two always holds. */
  isCovered(alternatives: readonly Formula<ObjectAtom>[]): boolean {
    const absent = new Set<string>();
    for (const one of alternatives) {
      if (one.op === "atom" && one.atom.is === "value" && one.atom.literal === NEVER) absent.add(one.atom.key);
    }
    if (absent.size === 0) return false;
    return alternatives.some((one) => {
      const atoms = (one.op === "all" ? one.parts : [one]).map((part) => (part.op === "atom" ? part.atom : null));
      const key = atoms.find(
        (part) => part?.is === "required" && part.keys.length === 1 && absent.has(part.keys[0] ?? ""),
      );
      if (key?.is !== "required") return false;
      return atoms.every((part) => part === key || (part !== null && this.judge(part) === 1));
    });
  }

  /** Makes a key a named one, whose value then may be narrowed. */
  name(key: string): Key {
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    const made: Key = { literals: this.literalsOf(key), isRequired: false };
    this.keys.set(key, made);
    return made;
  }

  /** No member may have a key that is not named, as far as is plain. */
  get isClosed(): boolean {
    return this.maps.some(({ patterns, additional }) => patterns.length === 0 && additional === NEVER);
  }

  #addMap(map: KeyMap): boolean {
    // The keys of the new map first get what the earlier ones say, and those that were named what the new one says.
    for (const key of map.properties.keys()) {
      this.name(key);
      this.listed.add(key);
    }
    this.maps = [...this.maps, map];
    return [...this.keys.keys()].every((key) => this.#narrow(key, this.#inMap(map, key)));
  }

  #inMap(map: KeyMap, key: string): readonly Literal[] {
    const named = map.properties.get(key);
    const matching = map.patterns.filter(({ keys }) => this.#context.strings.has(keys, key));
    const literals = matching.map((pattern) => pattern.literal);
    if (named !== undefined) literals.unshift(named);
    return literals.length > 0 ? literals : [map.additional];
  }

  #narrow(name: string, literals: readonly Literal[]): boolean {
    const key = this.name(name);
    const narrowed = together(key.literals, literals);
    if (narrowed.length === key.literals.length && narrowed[0] === key.literals[0]) return true;
    key.literals = narrowed;
    return !key.isRequired || !this.#context.isNothing(narrowed);
  }

  #require(name: string): boolean {
    const key = this.name(name);
    if (key.isRequired) return true;
    key.isRequired = true;
    this.requiredCount++;
    return this.requiredCount <= this.max && !this.#context.isNothing(key.literals);
  }

  #judgeValue(key: string, literals: readonly Literal[]): Judgement {
    const own = this.literalsOf(key);
    if (this.#context.isNothing(own) || literals.every((one) => own.includes(one))) return 1;
    if (this.#context.isNothing(together(own, literals))) return this.keys.get(key)?.isRequired ? -1 : 0;
    if (own.length === 0) return 0;
    return literals.every((one) => own.includes(one) || this.#context.isNothing(together(own, [one ^ 1]))) ? 1 : 0;
  }

  #judgeMap(map: KeyMap): Judgement {
    if (this.maps.includes(map)) return 1;
    let least: Judgement = this.isClosed || (map.patterns.length === 0 && map.additional === ANY) ? 1 : 0;
    for (const key of new Set([...map.properties.keys(), ...this.keys.keys()])) {
      const judged = this.#judgeValue(key, together(this.#inMap(map, key)));
      if (judged === -1) return -1;
      if (judged === 0) least = 0;
    }
    return least;
  }

  #judgeCount(min: number, max: number): Judgement {
    const most = this.isClosed ? [...this.keys.keys()].filter((key) => !this.isAbsent(key)).length : this.max;
    if (this.requiredCount > max || Math.min(most, this.max) < min) return -1;
    return Math.max(this.requiredCount, this.min) >= min && Math.min(most, this.max) <= max ? 1 : 0;
  }

  #judgeNames(keys: StringSet): Judgement {
    const { strings } = this.#context;
    const outside = [...this.keys].filter(([key]) => !strings.has(keys, key));
    if (outside.some(([, { isRequired }]) => isRequired)) return -1;
    return this.isClosed && outside.every(([key]) => this.isAbsent(key)) ? 1 : 0;
  }

  #judgeWitness({ keys, literal }: Witness): Judgement {
    const named = [...this.keys].filter(([key]) => this.#context.strings.has(keys, key));
    const implied = (literals: readonly Literal[]): boolean =>
      literal === ANY || literals.includes(literal) || this.#context.isNothing(together(literals, [literal ^ 1]));
    if (named.some(([, key]) => key.isRequired && implied(key.literals))) return 1;
    const isPossible = named.some(([, key]) => !this.#context.isNothing(together(key.literals, [literal])));
    return this.isClosed && !isPossible ? -1 : 0;
  }
}

/** The key is there, with such a value. */
function present(key: string, value: Literal): Formula<ObjectAtom> {
  const isThere = atom<ObjectAtom>({ is: "required", keys: [key] });
  return value === (NEVER ^ 1) || value === ANY ? isThere : all([isThere, atom({ is: "value", key, literal: value })]);
}

/** Some member has a value that the map forbids its key. */
function complementOfMap({ properties, patterns, additional }: KeyMap, strings: StringSets): Formula<ObjectAtom> {
  const parts = [...properties].map(([key, value]) => (value === ANY ? no : present(key, value ^ 1)));
  for (const { keys, literal } of patterns) {
    if (literal !== ANY) parts.push(atom({ is: "witness", keys, literal: literal ^ 1 }));
  }
  if (additional !== ANY) {
    const known = patterns.reduce((union, { keys }) => strings.or(union, keys), someStrings(properties.keys()));
    parts.push(atom({ is: "witness", keys: strings.not(known), literal: additional ^ 1 }));
  }
  return any(parts);
}

/** No member with such a key has such a value. */
function complementOfWitness({ literal, keys }: Witness, strings: StringSets): Formula<ObjectAtom> {
  if (literal === ANY) return atom({ is: "names", keys: strings.not(keys) });
  const map: KeyMap = { properties: new Map(), patterns: [{ keys, literal: literal ^ 1 }], additional: ANY };
  return atom({ is: "map", map });
}
