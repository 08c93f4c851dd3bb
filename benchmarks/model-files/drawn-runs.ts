import { Rng } from "@helium-lm/tensor";

/** Numbers that are drawn; tensors are runs of them, each from a place of its own. */
const DRAWN = 2 ** 20;

/** Random numbers of one distribution, encoded in 16 bits, from which large tensors are cut in no time. */
export class DrawnRuns {
  readonly #drawn: Uint16Array;

  constructor(mean: number, deviation: number, encode: (value: number) => number) {
    const rng = new Rng(1);
    this.#drawn = Uint16Array.from({ length: DRAWN }, () => encode(mean + deviation * rng.normal()));
  }

  /** The `size` numbers of tensor `n`: the same each time. */
  take(n: number, size: number): Uint8Array {
    const out = new Uint16Array(size);
    for (let at = 0, from = (n * 7919) % DRAWN; at < size; at += DRAWN - from, from = 0)
      out.set(this.#drawn.subarray(from, Math.min(DRAWN, from + size - at)), at);
    return new Uint8Array(out.buffer);
  }
}
