import { refusal } from "../documents/refusals.ts";
import { together, type Literal } from "../documents/schema-pool.ts";
import { finiteNumbers } from "../sets/number-sets.ts";
import type { ArrayShape } from "../shapes/array-shape.ts";
import { type Node, type Nodes } from "../shapes/nodes.ts";
import type { Contains } from "../keywords/json-types.ts";

/** What an element may be at a place, with the `contains` that it counts for: bit i for the i-th. */
export interface Choice {
  readonly node: Node;
  readonly counts: number;
}

/** An array as it is written. */
export interface ArrayPlan {
  /** The choices at the first places, and those behind them. */
  readonly prefix: readonly (readonly Choice[])[];
  readonly rest: readonly Choice[];
  readonly min: number;
  readonly max: number;
  readonly contains: readonly Contains[];
  /** Values of which each comes at most once, as texts; null where elements may be equal. */
  readonly distinct: readonly Scalar[] | null;
}

/** null, a boolean, a number or a string. */
export type Scalar = null | boolean | number | string;

/** Values that may be told apart by which of them are used. */
const MOST_DISTINCT = 10;

const MOST_CONTAINS = 4;

/** How the arrays of a shape are written. */
export function arrayPlan(shape: ArrayShape, nodes: Nodes): ArrayPlan {
  const { contains, min, max } = shape;
  if (contains.length > MOST_CONTAINS)
    throw refusal("contains", "#", `more than ${MOST_CONTAINS} of them hold together`);
  const start = contains.reduce((most, { from }) => Math.max(most, from), shape.prefix.length);
  const length = Math.min(start, max);
  return {
    prefix: Array.from({ length }, (_, index) => choicesAt(shape.at(index), index, contains, nodes)),
    rest: max > length ? choicesAt(shape.rest, length, contains, nodes) : [],
    min,
    max,
    contains,
    distinct: distinctOf(shape, nodes),
  };
}

/** An element that counts for some `contains`, and where too many could be, that counts for no other. */
function choicesAt(own: readonly Literal[], index: number, contains: readonly Contains[], nodes: Nodes): Choice[] {
  let choices: { literals: readonly Literal[]; counts: number }[] = [{ literals: own, counts: 0 }];
  for (const [bit, { literal, from, max }] of contains.entries()) {
    if (index < from) continue;
    choices = choices.flatMap(({ literals, counts }) => [
      { literals: together(literals, [literal]), counts: counts | (1 << bit) },
      { literals: max === Infinity ? literals : together(literals, [literal ^ 1]), counts },
    ]);
  }
  const possible = choices.filter(({ literals }) => !nodes.isNothing(literals));
  return possible.map(({ literals, counts }) => ({ node: nodes.node(literals), counts }));
}

/** The values of elements that must differ. */
function distinctOf(shape: ArrayShape, nodes: Nodes): readonly Scalar[] | null {
  if (shape.isRepeating) throw refusal("uniqueItems", "#", "that two elements are equal cannot be enforced");
  if (!shape.isUnique || shape.max <= 1) return null;
  const places = Array.from({ length: Math.min(shape.max, shape.prefix.length) }, (_, index) => shape.at(index));
  const values = places.length === 0 ? finiteValues(nodes.node(shape.rest)) : null;
  if (values === null || values.length > MOST_DISTINCT || shape.contains.length > 0) {
    throw refusal(
      "uniqueItems",
      "#",
      `only elements of at most ${MOST_DISTINCT} values can be kept different; name them in an enum, or use maxItems: 1`,
    );
  }
  return values;
}

/** All values of a node where they are scalars and few. */
export function finiteValues(node: Node): readonly Scalar[] | null {
  if (node.strings.is !== "some" || node.strings.values.size > MOST_DISTINCT) return null;
  const numbers = finiteNumbers(node.numbers);
  if (numbers === null || node.arrays.length > 0 || node.objects.length > 0) return null;
  const words = [null, false, true].filter((_, bit) => (node.words & (1 << bit)) !== 0);
  return [...words, ...numbers, ...node.strings.values];
}
