import { DisposedError, scope, tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import type { KvDType } from "./kv-store.ts";
import { PagePool } from "./page-pool.ts";

export interface KvCacheConfig {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Storage of keys and values; default f32. */
  readonly dtype?: KvDType;
  /** Slots per page; default 64. */
  readonly pageSize?: number;
  /** Slots that all rows together will need, if known: the pools grow by doubling, but not past it while it suffices. */
  readonly capacity?: number;
}

/** Where the keys and values of this forward pass are. */
export interface CacheView {
  /** Page of every 64 slots of every row, `[B, pages]` i32. */
  readonly tables: Tensor;
  /** Slots in use per row, the new ones included. */
  readonly lengths: readonly number[];
}

interface Row {
  pages: number[];
  length: number;
}

/**
 * Paged key/value cache (Kwon et al., arXiv 2309.06180). A row is a table of page numbers and a length; the pages of
 * all rows lie in one pool per layer and are shared by reference count, so that crop, reorder, repeat and fork edit
 * tables and never move a tensor. A shared page is copied before it is written.
 *
 * One forward pass: `extend(B, T)` reserves T slots per row, each layer calls `write`, attention reads the pools.
 *
 * The pools belong to the cache, and `dispose` frees them; used after that, it throws a DisposedError.
 */
export class KvCache {
  readonly backend: Backend;
  readonly pageSize: number;
  readonly dtype: KvDType;
  readonly #pools: readonly PagePool[];
  #rows: Row[] = [];
  #references: number[] = [];
  #free: number[] = [];
  #capacity = 0;
  #isDisposed = false;
  readonly #expectedPages: number;

  constructor(
    backend: Backend,
    { layers, kvHeads, headDim, dtype = "f32", pageSize = 64, capacity = Infinity }: KvCacheConfig,
  ) {
    this.backend = backend;
    this.pageSize = pageSize;
    this.dtype = dtype;
    this.#expectedPages = Math.ceil(capacity / pageSize);
    const shape = { kvHeads, pageSize, headDim };
    this.#pools = Array.from({ length: layers }, () => new PagePool(backend, shape, dtype));
  }

  /** Rows; 0 before the first forward pass. */
  get batchSize(): number {
    return this.#rows.length;
  }

  /** Slots in use per row. */
  get lengths(): readonly number[] {
    return this.#rows.map((row) => row.length);
  }

  /** Slots in use by the longest row: HF's `get_seq_length`. */
  get length(): number {
    return Math.max(0, ...this.lengths);
  }

  /** Pages in use, shared ones counted once. */
  get pagesInUse(): number {
    return this.#capacity - this.#free.length;
  }

  /**
   * Reserves `count` new slots in each of `batchSize` rows and returns where everything is. The tables tensor belongs
   * to the caller. When it throws, the rows are as they were.
   *
   * @throws CacheError when the cache already holds another number of rows; BackendError when there is no room
   */
  extend(batchSize: number, count: number): CacheView {
    this.#checkLive();
    if (this.#rows.length > 0 && this.#rows.length !== batchSize)
      throw new CacheError(
        "KvCache",
        `holds ${this.#rows.length} rows, the input has ${batchSize}; use a new cache or select() rows`,
        {
          given: batchSize,
          expected: this.#rows.length,
        },
      );
    const isNew = this.#rows.length === 0;
    if (isNew) this.#rows = Array.from({ length: batchSize }, () => ({ pages: [], length: 0 }));
    const lengths = this.lengths;
    try {
      this.#reserve(this.#rows.reduce((pages, row) => pages + this.#missingPages(row, count), 0));
      for (const row of this.#rows) this.#extendRow(row, count);
      return { tables: this.#tables(), lengths: this.lengths };
    } catch (error) {
      if (isNew) this.reset();
      else this.#rows.forEach((row, b) => this.#shorten(row, lengths[b] ?? 0));
      throw error;
    }
  }

  /** Gives an empty cache its rows before the first pass does. @throws CacheError when it has rows */
  addRows(batchSize: number): void {
    this.#checkLive();
    if (this.#rows.length > 0)
      throw new CacheError("KvCache", `holds ${this.#rows.length} rows already; reset() it first`, {
        given: batchSize,
        expected: 0,
      });
    this.#rows = Array.from({ length: batchSize }, () => ({ pages: [], length: 0 }));
  }

  /**
   * Runs `pass` on some rows alone: while it runs the cache holds no others. Afterwards all are back in their places,
   * those of the pass as it left them. A batch can so be read in several passes.
   *
   * @throws CacheError when there are no such rows; what `pass` throws
   */
  withRows<T>(from: number, to: number, pass: () => T): T {
    const all = this.#rows;
    if (!(from >= 0 && from < to && to <= all.length))
      throw new CacheError("KvCache", `has no rows ${from} … ${to - 1} among its ${all.length}`, { from, to });
    this.#rows = all.slice(from, to);
    try {
      return pass();
    } finally {
      this.#rows = [...all.slice(0, from), ...this.#rows, ...all.slice(to)];
    }
  }

  /** Writes one layer's new keys and values `[B, K, T, D]` into the last T slots of every row. */
  write(layer: number, keys: Tensor, values: Tensor): void {
    const T = keys.shape[2] ?? 0;
    const pool = this.#pool(layer);
    scope(() => {
      const rows = pool.encode(keys, values);
      this.#rows.forEach((row, b) => {
        const start = row.length - T;
        for (let slot = start; slot < row.length;) {
          const within = slot % this.pageSize;
          const n = Math.min(this.pageSize - within, row.length - slot);
          scope(() => pool.write(rows, b, slot - start, n, this.#pageAt(row, slot), within));
          slot += n;
        }
      });
    });
  }

  /** Pool of one layer's keys, `[pages, K, P, D]`. */
  keys(layer: number): Tensor {
    return this.#pool(layer).keys.pool;
  }

  /** Pool of one layer's values, `[pages, K, P, D]`. */
  values(layer: number): Tensor {
    return this.#pool(layer).values.pool;
  }

  /** Scales of a layer's pools for `attention`, `[pages, K, P]`; nothing where they hold floats. */
  scales(layer: number): { readonly keyScales?: Tensor; readonly valueScales?: Tensor } {
    const { keys, values } = this.#pool(layer);
    return keys.scales && values.scales ? { keyScales: keys.scales, valueScales: values.scales } : {};
  }

  /** Removes the last `count` slots of every row; more than stored empties it. @throws CacheError when negative */
  crop(count: number): void {
    this.#checkLive();
    if (!Number.isInteger(count) || count < 0)
      throw new CacheError("KvCache", `crop of ${count} slots; expected an integer ≥ 0`, { given: count });
    for (const row of this.#rows) this.#shorten(row, Math.max(0, row.length - count));
  }

  /** Removes the slots of every row beyond its first `length`. @throws CacheError when negative */
  truncate(length: number): void {
    this.#checkLive();
    if (!Number.isInteger(length) || length < 0)
      throw new CacheError("KvCache", `truncate to ${length} slots; expected an integer ≥ 0`, { given: length });
    for (const row of this.#rows) this.#shorten(row, Math.min(length, row.length));
  }

  /** Row i becomes a copy of the old row `indices[i]` (beam search, batch selection); pages are shared. */
  select(indices: readonly number[]): void {
    this.#checkLive();
    const next = indices.map((index) => {
      const row = this.#rows[index];
      if (!row)
        throw new CacheError("KvCache", `row ${index} is outside the ${this.#rows.length} rows`, { given: index });
      return { pages: [...row.pages], length: row.length };
    });
    for (const { pages } of next) for (const page of pages) this.#references[page] = (this.#references[page] ?? 0) + 1;
    const old = this.#rows;
    this.#rows = next;
    for (const row of old) for (const page of row.pages) this.#drop(page);
  }

  /** Every row `times` in a row: a b → a a b b. */
  repeatInterleave(times: number): void {
    this.select(this.#rows.flatMap((_, index) => new Array<number>(times).fill(index)));
  }

  /** Forgets all rows; the pools keep their memory. */
  reset(): void {
    for (const row of this.#rows) for (const page of row.pages) this.#drop(page);
    this.#rows = [];
  }

  /** Frees the pools; a second call does nothing. */
  dispose(): void {
    this.reset();
    this.#isDisposed = true;
    for (const pool of this.#pools) pool.dispose();
    this.#capacity = 0;
    this.#free = [];
    this.#references = [];
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkLive(): void {
    if (this.#isDisposed) throw new DisposedError("KvCache", "was disposed; make a new one");
  }

  #pool(layer: number): PagePool {
    this.#checkLive();
    const pool = this.#pools[layer];
    if (!pool) throw new CacheError("KvCache", `layer ${layer} is outside the ${this.#pools.length} layers`, { layer });
    return pool;
  }

  /** `[B, pages]` */
  #tables(): Tensor {
    const width = Math.max(0, ...this.#rows.map((row) => row.pages.length));
    const table = this.#rows.flatMap((row) => Array.from({ length: width }, (_, i) => row.pages[i] ?? 0));
    return tensor(this.backend, table, { shape: [this.#rows.length, width], dtype: "i32" });
  }

  #shorten(row: Row, length: number): void {
    row.length = length;
    for (const page of row.pages.splice(Math.ceil(length / this.pageSize))) this.#drop(page);
  }

  #pageAt(row: Row, slot: number): number {
    const page = row.pages[Math.floor(slot / this.pageSize)];
    if (page === undefined) throw new CacheError("KvCache", `slot ${slot} has no page; extend() first`, { slot });
    return page;
  }

  #missingPages(row: Row, count: number): number {
    const grown = Math.ceil((row.length + count) / this.pageSize) - row.pages.length;
    return grown + (this.#writesSharedPage(row) ? 1 : 0);
  }

  /** The next slot falls into a page that another row shows too. */
  #writesSharedPage(row: Row): boolean {
    const page = row.length % this.pageSize === 0 ? undefined : row.pages.at(-1);
    return page !== undefined && (this.#references[page] ?? 0) > 1;
  }

  #extendRow(row: Row, count: number): void {
    if (count > 0 && this.#writesSharedPage(row)) {
      const shared = this.#pageAt(row, row.length);
      const own = this.#take();
      row.pages[row.pages.length - 1] = own;
      try {
        for (const pool of this.#pools) pool.copyPage(shared, own);
      } catch (error) {
        row.pages[row.pages.length - 1] = shared;
        this.#drop(own);
        throw error;
      }
      this.#drop(shared);
    }
    row.length += count;
    while (row.pages.length * this.pageSize < row.length) row.pages.push(this.#take());
  }

  #reserve(pages: number): void {
    if (this.#free.length >= pages) return;
    const needed = this.pagesInUse + pages;
    const doubled = Math.min(2 * this.#capacity, Math.max(this.#expectedPages, needed));
    const capacity = Math.max(doubled, needed);
    for (const pool of this.#pools) pool.grow(capacity);
    for (let page = capacity - 1; page >= this.#capacity; page--) this.#free.push(page);
    this.#capacity = capacity;
  }

  #take(): number {
    const page = this.#free.pop();
    if (page === undefined) throw new CacheError("KvCache", "out of reserved pages");
    this.#references[page] = 1;
    return page;
  }

  #drop(page: number): void {
    const left = (this.#references[page] ?? 0) - 1;
    this.#references[page] = left;
    if (left === 0) this.#free.push(page);
  }
}
