import { DisposedError, permute, reshape, scope, tensor, Tensor, type Backend } from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import { KvSequence } from "./kv-sequence.ts";
import type { KvDType } from "./kv-store.ts";
import type { LayerPages } from "./layer-pages.ts";
import { PagePool, type PagePoolConfig } from "./page-pool.ts";

export type KvCacheConfig = Omit<PagePoolConfig, "maxTokens">;

/** Where the keys and values of this forward pass are. */
export interface CacheView {
  /** Page of every 64 slots of every row, `[B, pages]` i32. */
  readonly tables: Tensor;
  /** Slots in use per row, the new ones included. */
  readonly lengths: readonly number[];
  /** Where each new token's key and value go, row by row, `[B·T]` i32: page · P + place. */
  readonly slots: Tensor;
}

/**
 * Keys and values of the rows of a batch: `pastKeyValues`. Each row is a `KvSequence` in a pool of the cache's own, so
 * that crop, reorder, repeat and fork edit page tables and never move a tensor. A shared page is copied before it is
 * written.
 *
 * One forward pass: `extend(B, T)` reserves T slots per row, each layer calls `write`, attention reads the pools.
 *
 * A pool that it made belongs to the cache, and `dispose` frees it; used after that, it throws a DisposedError.
 */
export class KvCache {
  readonly #pool: PagePool;
  readonly #ownsPool: boolean;
  #rows: KvSequence[] = [];
  #isDisposed = false;

  /** @param storage what pages it makes for itself, or a pool that others use too */
  constructor(backend: Backend, storage: KvCacheConfig | PagePool) {
    this.#ownsPool = !(storage instanceof PagePool);
    this.#pool = storage instanceof PagePool ? storage : new PagePool(backend, storage);
  }

  get backend(): Backend {
    return this.#pool.backend;
  }

  get pageSize(): number {
    return this.#pool.pageSize;
  }

  get dtype(): KvDType {
    return this.#pool.dtype;
  }

  /** Rows; 0 before the first forward pass. */
  get batchSize(): number {
    return this.#rows.length;
  }

  /** The rows. */
  get sequences(): readonly KvSequence[] {
    return this.#rows;
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
    return this.#pool.held;
  }

  /**
   * Reserves `count` new slots in each of `batchSize` rows and returns where everything is. The tensors belong to
   * the caller. When it throws, the rows are as they were.
   *
   * @throws CacheError when the cache already holds another number of rows; BackendError when there is no room
   */
  extend(batchSize: number, count: number): CacheView {
    this.#checkLive();
    if (this.#rows.length > 0 && this.#rows.length !== batchSize)
      throw new CacheError(
        "KvCache",
        `holds ${this.#rows.length} rows, but the input has ${batchSize}; use a new cache or select() rows`,
        {
          given: batchSize,
          expected: this.#rows.length,
        },
      );
    const isNew = this.#rows.length === 0;
    if (isNew) this.addRows(batchSize);
    const lengths = this.lengths;
    try {
      this.#pool.reserve(this.#rows.reduce((pages, row) => pages + row.missingPages(count), 0));
      return scope(() => {
        // Memory for all of it first: what was appended can be taken back, a page that was copied for it cannot.
        const width = Math.ceil((this.length + count) / this.pageSize);
        const tables = Tensor.empty(this.backend, [batchSize, width], "i32");
        const slots = Tensor.empty(this.backend, [batchSize * count], "i32");
        for (const row of this.#rows) row.append(count);
        this.backend.write(tables.handle, bytesOf(this.#tables(width)));
        this.backend.write(slots.handle, bytesOf(this.#slots(count)));
        return { tables, lengths: this.lengths, slots };
      });
    } catch (error) {
      if (isNew) this.reset();
      else this.#rows.forEach((row, b) => row.truncate(lengths[b] ?? 0));
      throw error;
    }
  }

  /** Gives an empty cache its rows before the first pass does. @throws CacheError when it has rows */
  addRows(batchSize: number): void {
    this.#checkLive();
    if (this.#rows.length > 0)
      throw new CacheError("KvCache", `holds ${this.#rows.length} rows already; call reset() first`, {
        given: batchSize,
        expected: 0,
      });
    this.#rows = Array.from({ length: batchSize }, () => new KvSequence(this.#pool));
  }

  /**
   * Writes one layer's new keys and values `[B, K, T, D]` into the last T slots of every row: one op for all rows, and
   * one for their scales in `q8_0`.
   */
  write(layer: number, keys: Tensor, values: Tensor): void {
    const pages = this.layer(layer);
    scope(() => {
      const slots = tensor(this.backend, this.#slots(keys.shape[2] ?? 0), { dtype: "i32" });
      pages.write(tokens(keys), tokens(values), slots);
    });
  }

  /** Pages of one layer. @throws CacheError for a layer there is not */
  layer(layer: number): LayerPages {
    this.#checkLive();
    return this.#pool.layer(layer);
  }

  /** Pool of one layer's keys, `[pages, K, P, D]`. */
  keys(layer: number): Tensor {
    return this.layer(layer).keys.pool;
  }

  /** Pool of one layer's values, `[pages, K, P, D]`. */
  values(layer: number): Tensor {
    return this.layer(layer).values.pool;
  }

  /** Scales of a layer's pools for `attention`, `[pages, K, P]`; nothing where they hold floats. */
  scales(layer: number): { readonly keyScales?: Tensor; readonly valueScales?: Tensor } {
    return this.layer(layer).scales;
  }

  /** Removes the last `count` slots of every row; more than stored empties it. @throws CacheError when negative */
  crop(count: number): void {
    this.#checkLive();
    if (!Number.isInteger(count) || count < 0)
      throw new CacheError("KvCache", `crop of ${count} slots; expected an integer ≥ 0`, { given: count });
    for (const row of this.#rows) row.truncate(Math.max(0, row.length - count));
  }

  /** Removes the slots of every row beyond its first `length`. @throws CacheError when negative */
  truncate(length: number): void {
    this.#checkLive();
    if (!Number.isInteger(length) || length < 0)
      throw new CacheError("KvCache", `truncate to ${length} slots; expected an integer ≥ 0`, { given: length });
    for (const row of this.#rows) row.truncate(length);
  }

  /** Row i becomes a copy of the old row `indices[i]` (beam search, batch selection); pages are shared. */
  select(indices: readonly number[]): void {
    this.#checkLive();
    const picked = indices.map((index) => {
      const row = this.#rows[index];
      if (!row)
        throw new CacheError("KvCache", `row ${index} is out of range; the number of rows is ${this.#rows.length}`, {
          given: index,
        });
      return row;
    });
    const old = this.#rows;
    this.#rows = picked.map((row) => row.fork());
    for (const row of old) row.reset();
  }

  /** Every row `times` in a row: a b → a a b b. */
  repeatInterleave(times: number): void {
    this.select(this.#rows.flatMap((_, index) => new Array<number>(times).fill(index)));
  }

  /** Forgets all rows; the pool keeps its memory. */
  reset(): void {
    for (const row of this.#rows) row.reset();
    this.#rows = [];
  }

  /** Lets go of all pages, and frees the pool if it is its own; a second call does nothing. */
  dispose(): void {
    this.reset();
    this.#isDisposed = true;
    if (this.#ownsPool) this.#pool.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkLive(): void {
    if (this.#isDisposed || this.#pool.isDisposed) throw new DisposedError("KvCache", "was disposed; make a new one");
  }

  /** Pages of every row, `width` of each. */
  #tables(width: number): number[] {
    return this.#rows.flatMap((row) => Array.from({ length: width }, (_, i) => row.pages[i] ?? 0));
  }

  /** Slots of the last `count` tokens of every row. */
  #slots(count: number): number[] {
    return this.#rows.flatMap((row) => Array.from({ length: count }, (_, i) => row.slot(row.length - count + i)));
  }
}

const bytesOf = (numbers: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(numbers).buffer);

/** `[B, K, T, D]` → `[B·T, K, D]` */
function tokens(rows: Tensor): Tensor {
  const [B, K, T, D] = rows.shape as [number, number, number, number];
  return reshape(permute(rows, [0, 2, 1, 3]), [B * T, K, D]);
}
