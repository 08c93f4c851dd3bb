import type { Json } from "../documents/json-values.ts";
import type { Literal, SchemaId } from "../documents/schema-pool.ts";
import type { NumberSet } from "../sets/number-sets.ts";
import type { StringSet } from "../sets/string-sets.ts";

/** Values are told apart so: null, true and false are the three words; an integer is a number. */
export type JsonType = "word" | "number" | "string" | "array" | "object";

/** Bits of null, false, true. */
export type WordSet = number;

export const words = { none: 0, null: 1, false: 2, true: 4, boolean: 6, all: 7 } as const;

/** `properties`, `patternProperties` and `additionalProperties` of one schema: what holds for the value of each key. */
export interface KeyMap {
  readonly properties: ReadonlyMap<string, Literal>;
  readonly patterns: readonly { readonly keys: StringSet; readonly literal: Literal }[];
  readonly additional: Literal;
}

export type ObjectAtom =
  | { readonly is: "map"; readonly map: KeyMap }
  /** Where the key is there, its value satisfies this. */
  | { readonly is: "value"; readonly key: string; readonly literal: Literal }
  | { readonly is: "required"; readonly keys: readonly string[] }
  | { readonly is: "count"; readonly min: number; readonly max: number }
  | { readonly is: "names"; readonly keys: StringSet }
  /** Some member has such a key and such a value. */
  | { readonly is: "witness"; readonly keys: StringSet; readonly literal: Literal };

/** Elements from index `from` on: between `min` and `max` of them satisfy the literal. */
export interface Contains {
  readonly literal: Literal;
  readonly from: number;
  readonly min: number;
  readonly max: number;
}

export type ArrayAtom =
  | { readonly is: "items"; readonly prefix: readonly SchemaId[]; readonly rest: SchemaId }
  /** Where there is an element at the index, it satisfies this. */
  | { readonly is: "at"; readonly index: number; readonly literal: Literal }
  | { readonly is: "length"; readonly min: number; readonly max: number }
  | ({ readonly is: "contains" } & Contains)
  /** No two elements are equal; or else two of them are. */
  | { readonly is: "unique"; readonly unique: boolean };

export interface Atoms {
  word: WordSet;
  number: NumberSet;
  string: StringSet;
  array: ArrayAtom;
  object: ObjectAtom;
}

export function jsonTypeOf(value: Json): JsonType {
  if (value === null || typeof value === "boolean") return "word";
  if (typeof value === "number" || typeof value === "string") return typeof value as "number" | "string";
  return Array.isArray(value) ? "array" : "object";
}
