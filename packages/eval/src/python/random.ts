import { MersenneTwister } from "@helium-lm/nn";
import { EvalError } from "../errors.ts";

/**
 * CPython's `random.Random`: few-shot examples, samples and resamples of the harness are drawn by it, and prompts are only the
 * same where these are. MT19937, seeded by `init_by_array` with the 32-bit words of |seed|.
 *
 * Sources: Matsumoto & Nishimura (1998) for the generator; the documentation of Python's `random` for what is made of it.
 *
 * @example
 * const random = new PythonRandom(1234);
 * console.log(random.random()); // 0.9664535356921388
 * console.log(new PythonRandom(1234).sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3)); // [ 7, 1, 0 ]
 */
export class PythonRandom {
  readonly #generator: MersenneTwister;

  /** @throws EvalError for a seed that is no whole number */
  constructor(seed: number | bigint) {
    if (typeof seed === "number" && !Number.isSafeInteger(seed))
      throw new EvalError(
        "seed",
        `must be a whole number, given ${seed}; pass a number without a fraction, or a bigint`,
        {
          given: seed,
        },
      );
    this.#generator = new MersenneTwister(wordsOf(BigInt(seed)));
  }

  /** `bits` random bits as a whole number; at most 53, which is as far as numbers are exact. */
  getrandbits(bits: number): number {
    if (!Number.isInteger(bits) || bits < 0 || bits > 53)
      throw new EvalError("getrandbits", `gives 0 to 53 bits, asked for ${bits}; draw several times for more`, {
        bits,
      });
    if (bits === 0) return 0;
    if (bits <= 32) return this.#generator.bits() >>> (32 - bits);
    // The words come lowest first.
    const low = this.#generator.bits();
    return (this.#generator.bits() >>> (64 - bits)) * 2 ** 32 + low;
  }

  /** A number from 0 up to 1, in steps of 2⁻⁵³. */
  random(): number {
    const high = this.#generator.bits() >>> 5;
    const low = this.#generator.bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A whole number from 0 up to `end` − 1: as many bits as `end` has, again while they are too large. */
  randbelow(end: number): number {
    if (!Number.isSafeInteger(end) || end < 1)
      throw new EvalError("randbelow", `needs an end of at least 1, given ${end}; draw from a list that is not empty`, {
        given: end,
      });
    const bits = end.toString(2).length;
    let drawn = this.getrandbits(bits);
    while (drawn >= end) drawn = this.getrandbits(bits);
    return drawn;
  }

  /**
   * `count` items of different places, in the order of the draw.
   *
   * @throws EvalError where there are fewer
   */
  sample<T>(population: readonly T[], count: number): T[] {
    const n = population.length;
    if (!Number.isInteger(count) || count < 0 || count > n)
      throw new EvalError("sample", `of ${count} items from ${n}; ask for 0 to ${n}, or give more to draw from`, {
        given: count,
        expected: n,
      });
    // Up to this size a list of what is left costs less than a set of what is taken; the two draw differently.
    const setSize = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0);
    if (n > setSize) {
      const taken = new Set<number>();
      while (taken.size < count) taken.add(this.randbelow(n));
      return Array.from(taken, (place) => population[place] as T);
    }
    const left = [...population];
    return Array.from({ length: count }, (_, drawn) => {
      const place = this.randbelow(n - drawn);
      const item = left[place] as T;
      left[place] = left[n - drawn - 1] as T;
      return item;
    });
  }

  /** `count` items, each drawn from all: ⌊random() · n⌋. @throws EvalError for an empty list */
  choices<T>(population: readonly T[], count: number): T[] {
    const n = population.length;
    if (n === 0) throw new EvalError("choices", "from an empty list; give at least one item", { given: n });
    return Array.from({ length: count }, () => population[Math.floor(this.random() * n)] as T);
  }
}

/** The 32-bit words of |seed|, lowest first; one of them for 0. */
function wordsOf(seed: bigint): number[] {
  const words: number[] = [];
  for (let rest = seed < 0n ? -seed : seed; rest > 0n || words.length === 0; rest >>= 32n)
    words.push(Number(rest & 0xffffffffn));
  return words;
}
