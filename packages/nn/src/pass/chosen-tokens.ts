import { arange, narrow, reshape, scatterRows, Tensor, type Backend } from "@helium-lm/tensor";

/** What one pass chose: the token of each of its M rows, and its logit. */
export interface ChosenRows {
  readonly tokens: Int32Array;
  readonly largest: Float32Array;
}

/**
 * The tokens that the last K passes over the same buffers chose, on the device: a pass begins with those of the one before, and
 * several are read at once.
 */
export class ChosenTokens implements Disposable {
  /** M */
  readonly #rows: number;
  /** K pages of 2 M slots, `[K, 1, 2 M, 1]` f32: the tokens of a pass, exact up to 2²⁴, then their logits. */
  readonly #pool: Tensor;
  /** The slots that the pass writes, `[2 M]`. */
  readonly #slots: Tensor;
  /** 0 … M − 1 */
  readonly #places: Tensor;

  /** @param passes K @param rows M */
  constructor(backend: Backend, passes: number, rows: number) {
    this.#rows = rows;
    this.#pool = Tensor.empty(backend, [passes, 1, 2 * rows, 1], "f32");
    this.#slots = Tensor.empty(backend, [2 * rows], "i32");
    this.#places = arange(backend, 0, rows);
  }

  /** The pass that is queued next is number `pass` of K. */
  begin(pass: number): void {
    const { backend, handle, size } = this.#slots;
    const slots = Int32Array.from({ length: size }, (_, place) => pass * size + place);
    backend.write(handle, new Uint8Array(slots.buffer));
  }

  /**
   * Keeps what the running pass has chosen, and makes it the tokens of the next one; by ops alone, so that it is recorded.
   *
   * @param ids the tokens of a pass, `[M]`, one of each row
   * @param made the token of each row and its logit, `[M]`
   */
  keep(ids: Tensor, [tokens, largest]: readonly Tensor[]): void {
    if (!tokens || !largest) return;
    const M = this.#rows;
    scatterRows(reshape(ids, [1, 1, M, 1]), reshape(tokens, [M, 1, 1]), this.#places);
    for (const [i, values] of [tokens, largest].entries())
      scatterRows(this.#pool, reshape(values, [M, 1, 1]), narrow(this.#slots, 0, i * M, M));
  }

  /** What the first passes of K chose: it is read behind what is queued by now, and more may be queued at once. */
  async read(passes: number): Promise<readonly ChosenRows[]> {
    const M = this.#rows;
    // Not by `data()`, which would hold the storage until the bytes are there: nobody waits for those behind a text's end.
    const { backend, handle, size } = this.#pool;
    const { buffer, byteOffset } = await backend.read(handle);
    const values = new Float32Array(buffer, byteOffset, size);
    return Array.from({ length: passes }, (_, pass) => {
      const start = pass * 2 * M;
      return {
        tokens: Int32Array.from(values.subarray(start, start + M)),
        largest: Float32Array.from(values.subarray(start + M, start + 2 * M)),
      };
    });
  }

  dispose(): void {
    for (const one of [this.#pool, this.#slots, this.#places]) one.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
