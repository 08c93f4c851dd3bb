import type { Rng } from "@helium-lm/tensor";
import type { FuzzTarget } from "./targets/target.ts";

/** One input in so many is a large one. */
export const LARGE_EVERY = 10_000;

/** Whether input `run` has grown; the first is one too, so that short forms have some. */
export const isLarge = (run: number): boolean => run % LARGE_EVERY === 0;

/** Whether input `run` is near the largest; every tenth large one is. */
const isNearLargest = (run: number): boolean => run % (10 * LARGE_EVERY) === 5 * LARGE_EVERY;

/** The least that a large input grows to. */
const leastLarge = 2 ** 16;

/**
 * Input `run`: damaged, or grown to a length between 64 KiB and `most`, of which each power of two is as likely. Every
 * tenth of the grown ones has at least three quarters of `most`.
 */
export function inputAt(target: FuzzTarget, rng: Rng, run: number, most: number): Uint8Array {
  if (!isLarge(run)) return target.mutated(rng);
  const least = isNearLargest(run) ? 0.75 * most : leastLarge;
  return target.grown(rng, Math.round(least * (most / least) ** rng.uniform()));
}
