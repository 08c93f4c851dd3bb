import { copy, narrow, scope, sliceUpdate, zeros, type Backend, type DType, type Tensor } from "@helium-lm/tensor";

export interface PagePoolShape {
  readonly kvHeads: number;
  readonly pageSize: number;
  readonly headDim: number;
}

/** Keys and values of one layer: pages of `pageSize` slots, `[pages, K, P, D]` each, grown by doubling. */
export class PagePool {
  readonly #backend: Backend;
  readonly #shape: PagePoolShape;
  readonly #dtype: DType;
  #keys: Tensor | null = null;
  #values: Tensor | null = null;

  constructor(backend: Backend, shape: PagePoolShape, dtype: DType) {
    this.#backend = backend;
    this.#shape = shape;
    this.#dtype = dtype;
  }

  /** `[pages, K, P, D]` */
  get keys(): Tensor {
    return this.#allocated(this.#keys);
  }

  /** `[pages, K, P, D]` */
  get values(): Tensor {
    return this.#allocated(this.#values);
  }

  /** Makes room for `pages` pages, keeping what is stored. */
  grow(pages: number): void {
    this.#keys = this.#grown(this.#keys, pages);
    this.#values = this.#grown(this.#values, pages);
  }

  /** Writes one row's keys and values `[1, K, n, D]` into a page from `slot`. */
  write(page: number, slot: number, keys: Tensor, values: Tensor): void {
    sliceUpdate(this.keys, keys, [page, 0, slot, 0]);
    sliceUpdate(this.values, values, [page, 0, slot, 0]);
  }

  /** Copies a whole page. */
  copyPage(from: number, to: number): void {
    scope(() => {
      for (const pool of [this.keys, this.values]) sliceUpdate(pool, copy(narrow(pool, 0, from, 1)), [to, 0, 0, 0]);
    });
  }

  dispose(): void {
    this.#keys?.dispose();
    this.#values?.dispose();
    this.#keys = null;
    this.#values = null;
  }

  #grown(old: Tensor | null, pages: number): Tensor {
    // An earlier growth that failed half-way may have left one of the two larger.
    if (old && (old.shape[0] ?? 0) >= pages) return old;
    const { kvHeads, pageSize, headDim } = this.#shape;
    // The pool outlives every scope a forward pass opens.
    const grown = scope((s) => {
      const made = zeros(this.#backend, [pages, kvHeads, pageSize, headDim], this.#dtype);
      if (old) sliceUpdate(made, old, [0, 0, 0, 0]);
      return s.keep(made);
    });
    old?.dispose();
    return grown;
  }

  #allocated(pool: Tensor | null): Tensor {
    if (!pool) throw new RangeError("PagePool: grow() first");
    return pool;
  }
}
