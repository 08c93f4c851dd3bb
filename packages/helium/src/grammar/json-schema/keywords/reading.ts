import type { Json, JsonObject } from "../documents/json-values.ts";
import { refusal, type Place } from "../documents/refusals.ts";
import type { SchemaId, SchemaPool } from "../documents/schema-pool.ts";
import type { StringSet, StringSets } from "../sets/string-sets.ts";
import type { Formula } from "./formulas.ts";
import type { Atoms, JsonType } from "./json-types.ts";

/** What a keyword is read with: the schema it stands in, and where sets of texts come from. */
export interface Reading {
  readonly pool: SchemaPool;
  readonly strings: StringSets;
  readonly id: SchemaId;
  readonly schema: JsonObject;
  pattern(source: string, keyword: string, place: Place): StringSet;
  /** Null where a format says nothing of strings. */
  format(name: string, place: Place): StringSet | null;
  length(min: number, max: number): StringSet;
  /** The texts that satisfy a schema. */
  textsOf(schema: SchemaId): StringSet;
}

/** Reads one keyword for the values of one type. */
export type KeywordReader<Type extends JsonType> = (
  value: Json,
  reading: Reading,
  keyword: string,
) => Formula<Atoms[Type]>;

export type KeywordTable<Type extends JsonType> = ReadonlyMap<string, KeywordReader<Type>>;

/** A schema directly below the one that is read. */
export const below = ({ pool, id }: Reading, schema: Json, ...steps: (string | number)[]): SchemaId => {
  if (typeof schema === "boolean" || (typeof schema === "object" && schema !== null && !Array.isArray(schema))) {
    return pool.child(id, schema, ...steps);
  }
  throw refusal(
    String(steps[0]),
    pool.place(id, ...steps),
    `expected a schema, an object or a boolean, given ${kindOf(schema)}`,
  );
};

/** A whole number ≥ 0, such as a count or a length. */
export function wholeNumber(value: Json, { pool, id }: Reading, keyword: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw refusal(keyword, pool.place(id, keyword), `expected a whole number ≥ 0, given ${JSON.stringify(value)}`);
}

export function refuseMalformed({ pool, id }: Reading, keyword: string, expected: string, given: Json): never {
  throw refusal(keyword, pool.place(id, keyword), `expected ${expected}, given ${kindOf(given)}`);
}

const kindOf = (value: Json): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : JSON.stringify(value);
