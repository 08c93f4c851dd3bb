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
  /** Values of which each comes at most once; null where elements may be equal. */
  readonly distinct: DistinctValues | null;
}

/** null, a boolean, a number or a string. */
export type Scalar = null | boolean | number | string;

export interface DistinctValues {
  readonly values: readonly Scalar[];
  /** At each of the first places, and behind them, which of the values may stand there: bit i for the i-th. */
  readonly prefix: readonly number[];
  readonly rest: number;
}

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
function distinctOf(shape: ArrayShape, nodes: Nodes): DistinctValues | null {
  if (shape.isRepeating) throw refusal("uniqueItems", "#", "that two elements are equal cannot be enforced");
  if (!shape.isUnique || shape.max <= 1) return null;
  const prefix = shape.prefix
    .slice(0, Math.min(shape.max, shape.prefix.length))
    .map((one) => finiteValues(nodes.node(one)));
  const rest = shape.max > prefix.length ? finiteValues(nodes.node(shape.rest)) : [];
  const values = [...new Set([...prefix, rest].flatMap((one) => one ?? []))];
  const isFinite = rest !== null && !prefix.includes(null);
  if (!isFinite || values.length > MOST_DISTINCT || shape.contains.length > 0) {
    const problem = `only elements of at most ${MOST_DISTINCT} values can be kept different`;
    throw refusal("uniqueItems", "#", `${problem}; name them in an enum, or use maxItems: 1`);
  }
  const bitsOf = (own: readonly Scalar[] | null): number =>
    (own ?? []).reduce<number>((bits, one) => bits | (1 << values.indexOf(one)), 0);
  return { values, prefix: prefix.map(bitsOf), rest: bitsOf(rest) };
}

/** All values of a node where they are scalars and few. */
export function finiteValues(node: Node): readonly Scalar[] | null {
  if (node.strings.is !== "some" || node.strings.values.size > MOST_DISTINCT) return null;
  const numbers = finiteNumbers(node.numbers);
  if (numbers === null || node.arrays.length > 0 || node.objects.length > 0) return null;
  const words = [null, false, true].filter((_, bit) => (node.words & (1 << bit)) !== 0);
  return [...words, ...numbers, ...node.strings.values];
}
