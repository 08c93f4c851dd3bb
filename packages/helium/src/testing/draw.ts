import fc from "fast-check";
import type { JsonObject } from "../config/index.ts";
import { tinyConfigs, type TinyConfigOptions } from "./tiny-config.ts";

/** A drawn model and what is done with it, as plain data that can be printed and repeated. */
export interface FamilyDraw {
  readonly config: JsonObject;
  /** Of the weights. */
  readonly seed: number;
  readonly dtype: "f32" | "f16" | "bf16";
  /** Token ids, to be taken modulo the vocabulary. */
  readonly ids: readonly number[];
  /** Further rows of a batch. */
  readonly mates: readonly (readonly number[])[];
  /** Lengths of the chunks a sequence is read in; what is left comes token by token. */
  readonly chunks: readonly number[];
  /** Slots per page of the cache. */
  readonly pageSize: number;
}

export function draws(modelType: string, options: TinyConfigOptions): fc.Arbitrary<FamilyDraw> {
  const row = (minLength: number, maxLength: number): fc.Arbitrary<number[]> =>
    fc.array(fc.nat(999), { minLength, maxLength });
  return fc.record({
    config: tinyConfigs(modelType, options),
    seed: fc.nat(1_000_000),
    dtype: fc.constantFrom("f32", "f16", "bf16"),
    ids: row(2, 12),
    mates: fc.array(row(1, 9), { minLength: 1, maxLength: 3 }),
    chunks: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
    pageSize: fc.constantFrom(64, 1, 2, 3, 5),
  });
}
