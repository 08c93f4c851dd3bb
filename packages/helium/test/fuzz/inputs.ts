import type { Rng } from "@helium-lm/tensor";
import type { FuzzTarget } from "./targets/target.ts";

/** One input in so many is a large one. */
export const LARGE_EVERY = 10_000;

/** Whether input `run` has grown; the first is one too, so that short forms have some. */
export const isLarge = (run: number): boolean => run % LARGE_EVERY === 0;

/** The least that a large input grows to. */
const leastLarge = 2 ** 16;

/** Input `run`: damaged, or grown to a length between 64 KiB and `most`, of which each power of two is as likely. */
export function inputAt(target: FuzzTarget, rng: Rng, run: number, most: number): Uint8Array {
  if (!isLarge(run)) return target.mutated(rng);
  return target.grown(rng, Math.round(leastLarge * (most / leastLarge) ** rng.uniform()));
}
