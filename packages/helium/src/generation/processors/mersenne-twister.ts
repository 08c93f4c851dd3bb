const N = 624;
const M = 397;

/** MT19937 (Matsumoto & Nishimura 1998): the generator behind PyTorch's CPU permutations. */
export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #next = N;

  constructor(seed: number) {
    const s = this.#state;
    s[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = s[i - 1] ?? 0;
      s[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    if (this.#next === N) this.#twist();
    let y = this.#state[this.#next++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** 0 … n−1 in random order, by Fisher and Yates's exchange from the front. */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.bits() % (n - i));
      [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
    }
    return order;
  }

  #twist(): void {
    const s = this.#state;
    for (let i = 0; i < N; i++) {
      const y = ((s[i] ?? 0) & 0x80000000) | ((s[(i + 1) % N] ?? 0) & 0x7fffffff);
      s[i] = (s[(i + M) % N] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
