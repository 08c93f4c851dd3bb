import { isKeyword } from "../documents/dialects.ts";
import { isList, isObject, own, type Json } from "../documents/json-values.ts";
import { ANY, EVERYTHING, literal, type Literal, type SchemaId } from "../documents/schema-pool.ts";
import type { StringSet } from "../sets/string-sets.ts";
import { EvaluatedCases, type Evaluation } from "./evaluated.ts";
import { all, any, atom, yes, type Formula } from "./formulas.ts";
import type { ArrayAtom, ObjectAtom } from "./json-types.ts";
import { below, type Reading } from "./reading.ts";

/** What a keyword of a schema says, where its dialect knows it. */
function known({ schema, pool, id }: Reading, keyword: string): Json | undefined {
  return isKeyword(keyword, pool.resource(id).dialect) ? own(schema, keyword) : undefined;
}

/** Keys that are evaluated: by name, by pattern, or all. */
interface EvaluatedKeys {
  readonly names: readonly string[];
  readonly patterns: readonly StringSet[];
  readonly isAll: boolean;
}

const noKeys: EvaluatedKeys = { names: [], patterns: [], isAll: false };

const keys: Evaluation<EvaluatedKeys> = {
  nothing: noKeys,
  own(reading, isOutermost) {
    const properties = own(reading.schema, "properties");
    const patterns = own(reading.schema, "patternProperties");
    const isAll =
      own(reading.schema, "additionalProperties") !== undefined ||
      (!isOutermost && known(reading, "unevaluatedProperties") !== undefined);
    if (!isAll && properties === undefined && patterns === undefined) return noKeys;
    const place = reading.pool.place(reading.id, "patternProperties");
    return {
      names: isObject(properties) ? Object.keys(properties) : [],
      patterns: isObject(patterns)
        ? Object.keys(patterns).map((source) => reading.pattern(source, "patternProperties", place))
        : [],
      isAll,
    };
  },
  union: (a, b) =>
    a === noKeys || b === noKeys
      ? a === noKeys
        ? b
        : a
      : { names: [...a.names, ...b.names], patterns: [...a.patterns, ...b.patterns], isAll: a.isAll || b.isAll },
};

/** `unevaluatedProperties`: of the keys that nothing in place has evaluated. */
export function readUnevaluatedProperties(value: Json, reading: Reading, keyword: string): Formula<ObjectAtom> {
  const additional = literal(below(reading, value, keyword));
  if (additional === ANY) return yes;
  const free = (name: string): [string, Literal] => [name, ANY];
  return any(
    new EvaluatedCases<"object", EvaluatedKeys>(keys).of(reading).map(({ conditions, evaluated }) => {
      if (evaluated.isAll) return all(conditions);
      const map = {
        properties: new Map(evaluated.names.map(free)),
        patterns: evaluated.patterns.map((set) => ({ keys: set, literal: ANY })),
        additional,
      };
      return all([...conditions, atom<ObjectAtom>({ is: "map", map })]);
    }),
  );
}

/** Elements that are evaluated: the first ones, all, or those that satisfy a schema of `contains`. */
interface EvaluatedItems {
  readonly prefix: number;
  readonly isAll: boolean;
  readonly matching: readonly SchemaId[];
}

const noItems: EvaluatedItems = { prefix: 0, isAll: false, matching: [] };

const items: Evaluation<EvaluatedItems> = {
  nothing: noItems,
  own(reading, isOutermost) {
    const [prefixItems, listed] = [known(reading, "prefixItems"), own(reading.schema, "items")];
    const contains = reading.pool.resource(reading.id).dialect === 2019 ? undefined : known(reading, "contains");
    const isAll =
      (listed !== undefined && !isList(listed)) ||
      (isList(listed) && own(reading.schema, "additionalItems") !== undefined) ||
      (!isOutermost && known(reading, "unevaluatedItems") !== undefined);
    const first = isList(prefixItems) ? prefixItems : isList(listed) ? listed : [];
    if (!isAll && first.length === 0 && contains === undefined) return noItems;
    const matching = contains === undefined ? [] : [below(reading, contains, "contains")];
    return { prefix: first.length, isAll, matching };
  },
  union: (a, b) =>
    a === noItems || b === noItems
      ? a === noItems
        ? b
        : a
      : {
          prefix: Math.max(a.prefix, b.prefix),
          isAll: a.isAll || b.isAll,
          matching: [...a.matching, ...b.matching],
        },
};

/** `unevaluatedItems`: of the elements that nothing in place has evaluated. */
export function readUnevaluatedItems(value: Json, reading: Reading, keyword: string): Formula<ArrayAtom> {
  const { pool, id } = reading;
  const rest = below(reading, value, keyword);
  if (rest === EVERYTHING) return yes;
  return any(
    new EvaluatedCases<"array", EvaluatedItems>(items).of(reading).map(({ conditions, evaluated }) => {
      const { prefix, isAll, matching } = evaluated;
      if (isAll) return all(conditions);
      const either = [rest, ...matching].map((schema) => pool.schema(schema));
      const others = matching.length === 0 ? rest : pool.made(id, { anyOf: either }, keyword);
      const atomOfItems: ArrayAtom = {
        is: "items",
        prefix: Array.from({ length: prefix }, () => EVERYTHING),
        rest: others,
      };
      return all([...conditions, atom(atomOfItems)]);
    }),
  );
}
