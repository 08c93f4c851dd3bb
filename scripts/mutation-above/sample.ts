import { createHash } from "node:crypto";

/** Which bugs of an area a sample has: the first `perArea` in the order of a hash of seed and id. */
export interface Sample {
  readonly perArea: number;
  readonly seed: number;
}

/**
 * The ids of a sample in its order, behind those that `always` has. The order does not depend on the other bugs of the list, so that a
 * larger sample has all of a smaller one, and a new bug moves no other by more than one place.
 */
export function sampleOf(
  ids: readonly string[],
  { perArea, seed }: Sample,
  always: ReadonlySet<string>,
): readonly string[] {
  const place = new Map(ids.map((id) => [id, createHash("sha256").update(`${seed}: ${id}`).digest("hex")]));
  const order = ids.toSorted((a, b) => ((place.get(a) ?? "") < (place.get(b) ?? "") ? -1 : 1));
  return [...new Set([...order.filter((id) => always.has(id)), ...order.slice(0, perArea)])];
}
