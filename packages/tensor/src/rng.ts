import { ArgumentError } from "./errors.ts";

/**
 * Seeded random numbers: xoshiro128** (Blackman & Vigna, arXiv 1805.01407) with its state filled by splitmix32.
 * The same seed gives the same sequence on every machine; not for secrets.
 *
 * @example
 * console.log(new Rng(7).normal() === new Rng(7).normal()); // true
 */
export class Rng {
  readonly #state = new Uint32Array(4);

  /** @throws ArgumentError unless seed is a safe integer */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed))
      throw new ArgumentError("Rng", `seed is ${seed}; expected a safe integer`, { given: seed });
    let mixed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let z = mixed;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.#state[i] = z ^ (z >>> 16);
    }
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const s = this.#state;
    const scaled = Math.imul(s[1], 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform in [0, 1), a multiple of 2^−53. */
  uniform(): number {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53;
  }

  /** Standard normal, by the Box–Muller transform. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}
