import { GrammarLimitError, UnsupportedGrammarError } from "../../../errors.ts";
import { tooMuch } from "../documents/refusals.ts";
import { literal, NEVER, together, type Literal, type SchemaId } from "../documents/schema-pool.ts";
import { not, type Formula } from "../keywords/formulas.ts";
import type { ArrayAtom, Atoms, JsonType, ObjectAtom, WordSet } from "../keywords/json-types.ts";
import type { SchemaReader } from "../keywords/schema-reader.ts";
import type { NumberSet } from "../sets/number-sets.ts";
import type { ScalarSets } from "../sets/scalar-sets.ts";
import type { StringSet, StringSets } from "../sets/string-sets.ts";
import { ArrayShape } from "./array-shape.ts";
import { Branches } from "./branches.ts";
import { Budget } from "./budget.ts";
import { ObjectShape, type ShapeContext } from "./object-shape.ts";

/** Values within values that are looked into to see that nothing satisfies some schemas. */
const DEEPEST_PROBE = 4;

/** Steps that a value with rules of its own counts as. */
const MAKING = 12;

/** Values of a schema with rules of their own. */
const MOST_NODES = 200_000;

/** The values that satisfy some schemas, by type; each is found when it is first asked for. */
export class Node {
  readonly literals: readonly Literal[];
  readonly #nodes: Nodes;
  #words: WordSet | undefined;
  #numbers: NumberSet | undefined;
  #strings: StringSet | undefined;
  #arrays: readonly ArrayShape[] | undefined;
  #objects: readonly ObjectShape[] | undefined;
  /** No value at all satisfies them, as far as a look into the values within tells. */
  isNothing: boolean | undefined;

  constructor(nodes: Nodes, literals: readonly Literal[]) {
    this.#nodes = nodes;
    this.literals = literals;
  }

  get words(): WordSet {
    return (this.#words ??= this.#nodes.scalars.of("word", this.literals));
  }

  get numbers(): NumberSet {
    return (this.#numbers ??= this.#nodes.scalars.of("number", this.literals));
  }

  get strings(): StringSet {
    return (this.#strings ??= this.#nodes.scalars.of("string", this.literals));
  }

  get arrays(): readonly ArrayShape[] {
    return (this.#arrays ??= this.#nodes.arraysOf(this.literals));
  }

  get objects(): readonly ObjectShape[] {
    return (this.#objects ??= this.#nodes.objectsOf(this.literals));
  }
}

/** The nodes of one schema: conjunctions of subschemas and complements of some, each once. */
export class Nodes implements ShapeContext {
  readonly strings: StringSets;
  readonly scalars: ScalarSets;
  readonly #reader: SchemaReader;
  readonly #known = new Map<string, Node>();
  readonly #budget = new Budget();
  readonly #arrays: Branches<ArrayAtom, ArrayShape>;
  readonly #objects: Branches<ObjectAtom, ObjectShape>;
  #depth = 0;

  constructor(reader: SchemaReader, strings: StringSets, scalars: ScalarSets) {
    this.#reader = reader;
    this.strings = strings;
    this.scalars = scalars;
    this.#arrays = new Branches((schema) => reader.read("array", schema), this.#budget);
    this.#objects = new Branches((schema) => reader.read("object", schema), this.#budget);
  }

  node(literals: readonly Literal[]): Node {
    this.#budget.spend(literals.length >> 4);
    const own = together(literals);
    const key = own.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_NODES) throw tooMuch(MOST_NODES, "values with rules of their own");
    this.strings.spend(MAKING);
    const made = new Node(this, own);
    this.#known.set(key, made);
    return made;
  }

  arraysOf(literals: readonly Literal[]): readonly ArrayShape[] {
    return this.#arrays.of(this.#formulas("array", literals), new ArrayShape(this));
  }

  objectsOf(literals: readonly Literal[]): readonly ObjectShape[] {
    return this.#objects.of(this.#formulas("object", literals), new ObjectShape(this));
  }

  /** What is not found out is taken for possible: that makes a grammar larger, but never wrong. */
  isNothing(literals: readonly Literal[]): boolean {
    if (literals.length === 0) return false;
    if (literals[0] === NEVER) return true;
    const node = this.node(literals);
    if (node.isNothing !== undefined) return node.isNothing;
    if (this.#depth >= DEEPEST_PROBE) return false;
    this.#depth++;
    // A value within itself is taken for possible.
    node.isNothing = false;
    try {
      node.isNothing = this.#hasNone(node);
    } catch (error) {
      if (!(error instanceof UnsupportedGrammarError || error instanceof GrammarLimitError)) throw error;
    } finally {
      this.#depth--;
    }
    return node.isNothing;
  }

  #hasNone(node: Node): boolean {
    return (
      node.words === 0 &&
      node.numbers.length === 0 &&
      this.strings.isEmpty(node.strings) &&
      node.arrays.length === 0 &&
      node.objects.length === 0
    );
  }

  #formulas<Type extends JsonType>(type: Type, literals: readonly Literal[]): readonly Formula<Atoms[Type]>[] {
    return literals.map((one): Formula<Atoms[Type]> => {
      const schema: SchemaId = one >> 1;
      this.#reader.inPlace(type, schema);
      const formula: Formula<Atoms[Type]> = { op: "schema", schema };
      return one === literal(schema) ? formula : not(formula);
    });
  }
}
