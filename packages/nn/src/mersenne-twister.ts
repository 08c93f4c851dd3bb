const N = 624;
const M = 397;

/**
 * MT19937 (Matsumoto & Nishimura 1998): the generator behind PyTorch's permutations on the CPU and behind Python's `random`. A
 * whole number seeds it as their `init_genrand` does (PyTorch), a list of 32-bit words as `init_by_array` (Python).
 *
 * @example
 * console.log(new MersenneTwister(5489).bits()); // 3499211612
 * console.log([...new MersenneTwister(0).permutation(5)]); // [ 4, 0, 1, 3, 2 ]
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #next = N;

  constructor(seed: number | readonly number[]) {
    if (typeof seed === "number") this.#seedByNumber(seed);
    else this.#seedByWords(seed);
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

  /** 0 … n−1 in random order, by Fisher and Yates's exchange from the front: `torch.randperm(n)`. */
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

  #seedByNumber(seed: number): void {
    const s = this.#state;
    s[0] = seed;
    for (let i = 1; i < N; i++) s[i] = Math.imul(1812433253, mixed(s[i - 1] ?? 0)) + i;
  }

  #seedByWords(words: readonly number[]): void {
    this.#seedByNumber(19650218);
    const s = this.#state;
    let i = 1;
    const step = (value: number): void => {
      s[i] = value;
      i++;
      if (i < N) return;
      s[0] = s[N - 1] ?? 0;
      i = 1;
    };
    for (let k = 0; k < Math.max(N, words.length); k++) {
      const j = k % words.length;
      step(((s[i] ?? 0) ^ Math.imul(mixed(s[i - 1] ?? 0), 1664525)) + (words[j] ?? 0) + j);
    }
    for (let k = 1; k < N; k++) step(((s[i] ?? 0) ^ Math.imul(mixed(s[i - 1] ?? 0), 1566083941)) - i);
    s[0] = 0x80000000;
  }
}

const mixed = (word: number): number => word ^ (word >>> 30);
