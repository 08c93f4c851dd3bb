import { refusal } from "../documents/refusals.ts";
import { together, type Literal } from "../documents/schema-pool.ts";
import type { StringSet } from "../sets/string-sets.ts";
import type { Node, Nodes } from "../shapes/nodes.ts";
import type { ObjectShape, Witness } from "../shapes/object-shape.ts";

export interface Member {
  readonly key: string;
  readonly node: Node;
  readonly isRequired: boolean;
}

/** Members under any key of a set. */
export interface OpenMember {
  readonly keys: StringSet;
  readonly node: Node;
}

/** An object as it is written: the members with names in order, then any number of others. */
export interface ObjectPlan {
  readonly members: readonly Member[];
  readonly open: readonly OpenMember[];
  /** Of the members without names, ones that must be there; each is one of several. */
  readonly witnesses: readonly { readonly members: readonly OpenMember[] }[];
  readonly min: number;
  readonly max: number;
}

/** Classes of keys that patterns tell apart. */
const MOST_CLASSES = 64;

/** The ways in which the objects of a shape are written. */
export function objectPlans(shape: ObjectShape, nodes: Nodes): readonly ObjectPlan[] {
  if (shape.names.is === "some") for (const key of shape.names.values) shape.name(key);
  const open = openClasses(shape, nodes);
  return placed(shape, nodes, open).flatMap((one) => planOf(one.shape, one.witnesses, open, nodes));
}

interface OpenClass {
  readonly keys: StringSet;
  readonly literals: readonly Literal[];
}

/** The keys that are not named, in classes whose values satisfy the same. */
function openClasses(shape: ObjectShape, nodes: Nodes): readonly OpenClass[] {
  if (shape.isClosed || shape.names.is === "some") return [];
  const { strings } = nodes;
  const universe = strings.and(shape.names, { is: "others", values: new Set(shape.keys.keys()) });
  let classes: { keys: StringSet; literals: readonly Literal[] }[] = [{ keys: universe, literals: [] }];
  for (const { patterns, additional } of shape.maps) {
    let matched: typeof classes = [];
    let others = classes;
    for (const { keys, literal } of patterns) {
      matched = matched.flatMap((one) => split(one, keys, [literal]));
      matched.push(
        ...others.map((one) => ({ keys: strings.and(one.keys, keys), literals: together(one.literals, [literal]) })),
      );
      others = others.map((one) => ({ ...one, keys: strings.and(one.keys, strings.not(keys)) }));
    }
    others = others.map((one) => ({ ...one, literals: together(one.literals, [additional]) }));
    classes = merged([...matched, ...others].filter((one) => !strings.isEmpty(one.keys)));
    if (classes.length > MOST_CLASSES)
      throw refusal("patternProperties", "#", `overlap in more than ${MOST_CLASSES} ways`);
  }
  return classes.filter(({ literals }) => !nodes.isNothing(literals));

  function split(one: OpenClass, keys: StringSet, literals: readonly Literal[]): OpenClass[] {
    return [
      { keys: strings.and(one.keys, keys), literals: together(one.literals, literals) },
      { keys: strings.and(one.keys, strings.not(keys)), literals: one.literals },
    ].filter((part) => !strings.isEmpty(part.keys));
  }

  function merged(all: readonly OpenClass[]): OpenClass[] {
    const byLiterals = new Map<string, OpenClass>();
    for (const one of all) {
      const key = one.literals.join();
      const known = byLiterals.get(key);
      byLiterals.set(key, known === undefined ? one : { ...one, keys: strings.or(known.keys, one.keys) });
    }
    const classes = [...byLiterals.values()];
    return classes.length === 1 ? classes.map((one) => ({ ...one, keys: universe })) : classes;
  }
}

interface Placed {
  readonly shape: ObjectShape;
  readonly witnesses: readonly Witness[];
}

/** The ways in which witnesses are found: under a key that is named, which then is required, or under another one. */
function placed(start: ObjectShape, nodes: Nodes, open: readonly OpenClass[]): readonly Placed[] {
  let ways: Placed[] = [{ shape: start, witnesses: [] }];
  for (const witness of start.witnesses) {
    ways = ways.flatMap((way) => {
      if (way.shape.judge({ is: "witness", ...witness }) === 1) return [way];
      const named = [...way.shape.keys.keys()].filter((key) => nodes.strings.has(witness.keys, key));
      const found = named.flatMap((key) => {
        const shape = way.shape.clone();
        const isPossible =
          shape.add({ is: "required", keys: [key] }) && shape.add({ is: "value", key, literal: witness.literal });
        return isPossible ? [{ ...way, shape }] : [];
      });
      const isOpen = open.some(({ literals }) => !nodes.isNothing(together(literals, [witness.literal])));
      const others = isOpen
        ? withWitness(way.witnesses, witness, nodes).map((witnesses) => ({ ...way, witnesses }))
        : [];
      return [...found, ...others];
    });
  }
  return ways;
}

/**
 * Witnesses of disjoint keys, and another one: a member with a key of both is both; where there is none, each has one with a key
 * of its own alone.
 */
function withWitness(known: readonly Witness[], added: Witness, { strings }: Nodes): readonly (readonly Witness[])[] {
  const overlapping = known.filter(({ keys }) => !strings.isEmpty(strings.and(keys, added.keys)));
  if (overlapping.some(({ literal }) => literal !== added.literal)) {
    throw refusal("not", "#", "several members are to be there whose keys are not told apart");
  }
  const without = (witness: Witness, keys: StringSet): Witness => ({
    ...witness,
    keys: strings.and(witness.keys, strings.not(keys)),
  });
  const ways = overlapping.map((shared, index) => [
    ...known.filter((one) => !overlapping.includes(one)),
    ...overlapping.slice(0, index).map((one) => without(one, added.keys)),
    { ...shared, keys: strings.and(shared.keys, added.keys) },
    ...overlapping.slice(index + 1),
  ]);
  const rest = overlapping.reduce((one, { keys }) => without(one, keys), added);
  const apart = known.map((one) => (overlapping.includes(one) ? without(one, added.keys) : one));
  return [...ways, [...apart, rest]].filter((way) => way.every(({ keys }) => !strings.isEmpty(keys)));
}

function planOf(
  shape: ObjectShape,
  witnesses: readonly Witness[],
  open: readonly OpenClass[],
  nodes: Nodes,
): ObjectPlan[] {
  // Those of the maps in their order, whatever named them first; then those that are only required.
  const order = new Set([...shape.listed, ...shape.keys.keys()]);
  const members = [...order]
    .filter((key) => !shape.isAbsent(key))
    .map((key) => ({
      key,
      node: nodes.node(shape.literalsOf(key)),
      isRequired: shape.keys.get(key)?.isRequired === true,
    }));
  const found = witnesses.map(({ keys, literal }) => ({
    members: open.flatMap((one) => {
      const both = nodes.strings.and(one.keys, keys);
      const literals = together(one.literals, [literal]);
      return nodes.strings.isEmpty(both) || nodes.isNothing(literals)
        ? []
        : [{ keys: both, node: nodes.node(literals) }];
    }),
  }));
  if (found.some((one) => one.members.length === 0)) return [];
  const others = open.map(({ keys, literals }) => ({ keys, node: nodes.node(literals) }));
  const required = members.filter(({ isRequired }) => isRequired).length;
  if (shape.min - required > 1 && others.length > 0) {
    throw refusal(
      "minProperties",
      "#",
      "keys that are not named could be written twice, and then count once; name them in `properties`",
    );
  }
  return [{ members, open: others, witnesses: found, min: shape.min, max: shape.max }];
}
