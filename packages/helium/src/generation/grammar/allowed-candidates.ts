import type { Candidates, CandidatesWanted } from "../../engine/outputs/wanted.ts";
import type { ConstrainedRows } from "./constrained-rows.ts";
import type { Place } from "./place.ts";

/**
 * The k largest logits of the tokens that may stand at a place, and what equals the last of them once all are divided by the
 * temperature, in the order of the vocabulary: what top-k leaves of the others' −∞.
 */
export function allowedCandidates(
  rows: ConstrainedRows,
  place: Place,
  logits: Float32Array,
  { k, temperature }: CandidatesWanted,
): Candidates {
  const [certain] = place.forced;
  if (certain !== undefined) return { tokens: Int32Array.of(certain), logits: Float32Array.of(0) };
  const few = rows.listOf(place);
  const largest = new Largest(k);
  if (few) for (const token of few) largest.add(logits[token] ?? -Infinity);
  else {
    let bar = -Infinity;
    for (let token = 0; token < logits.length; token++) {
      const logit = logits[token] as number;
      if (logit > bar && rows.masks(place, token)) bar = largest.add(logit);
    }
  }
  const { least } = largest;
  const threshold = Math.fround(least / temperature);
  // What is below by more than rounding is no longer looked at.
  const low = least - Math.abs(least) * 2 ** -20;
  const isLarge = (logit: number): boolean => logit >= low && Math.fround(logit / temperature) >= threshold;
  const tokens: number[] = [];
  if (few) tokens.push(...few.filter((token) => isLarge(logits[token] ?? -Infinity)));
  else
    for (let token = 0; token < logits.length; token++)
      if ((logits[token] as number) >= low && isLarge(logits[token] as number) && rows.masks(place, token))
        tokens.push(token);
  return { tokens: Int32Array.from(tokens), logits: Float32Array.from(tokens, (token) => logits[token] ?? -Infinity) };
}

/** The k largest of some numbers; −∞ is none. */
class Largest {
  readonly #k: number;
  /** Falling. */
  readonly #values: number[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  /** The last of them; ∞ where there are none. */
  get least(): number {
    return this.#values.at(-1) ?? Infinity;
  }

  /** @returns what a number has to be above, to be one of them */
  add(value: number): number {
    const values = this.#values;
    const bar = values.length < this.#k ? -Infinity : this.least;
    if (!(value > bar)) return bar;
    let at = values.length;
    while (at > 0 && value > (values[at - 1] ?? 0)) at--;
    values.splice(at, 0, value);
    if (values.length > this.#k) values.pop();
    return values.length < this.#k ? -Infinity : this.least;
  }
}
