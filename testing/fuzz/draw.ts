import type { Rng } from "@helium-lm/tensor";

/** A whole number from 0 to `n` − 1. */
export const below = (rng: Rng, n: number): number => Math.floor(rng.uniform() * n);

export const chance = (rng: Rng, probability: number): boolean => rng.uniform() < probability;

export function pick<T>(rng: Rng, values: readonly T[]): T {
  if (values.length === 0) throw new RangeError("pick: nothing to pick from");
  return values[below(rng, values.length)] as T;
}
