import { narrow, type Backend, type Tensor } from "@helium-lm/tensor";
import { kvStores, type KvDType, type KvStore, type PageShape } from "./kv-store.ts";

/** Keys and values of one layer: pages of `pageSize` slots, `[pages, K, P, D]` each, grown by doubling. */
export class LayerPages {
  readonly keys: KvStore;
  readonly values: KvStore;

  constructor(backend: Backend, shape: PageShape, dtype: KvDType) {
    const make = kvStores[dtype];
    this.keys = make(backend, shape);
    this.values = make(backend, shape);
  }

  /** Makes room for `pages` pages, keeping what is stored. */
  grow(pages: number): void {
    this.keys.grow(pages);
    this.values.grow(pages);
  }

  /** The rows `[B, K, T, D]` as they will be stored; their tensors belong to the running scope. */
  encode(keys: Tensor, values: Tensor): PoolRows {
    return { keys: this.keys.encode(keys), values: this.values.encode(values) };
  }

  /** Writes T-slots `from` … `from + n − 1` of one encoded row into a page from `slot`. */
  write({ keys, values }: PoolRows, row: number, from: number, n: number, page: number, slot: number): void {
    const part = (x: Tensor): Tensor => narrow(narrow(x, 0, row, 1), 2, from, n); // [1, K, n, …]
    this.keys.write(keys.map(part), page, slot);
    this.values.write(values.map(part), page, slot);
  }

  /** Copies a whole page. */
  copyPage(from: number, to: number): void {
    this.keys.copyPage(from, to);
    this.values.copyPage(from, to);
  }

  dispose(): void {
    this.keys.dispose();
    this.values.dispose();
  }
}

/** Rows as a pool stores them: one tensor `[B, K, T, …]` for each of its own. */
export interface PoolRows {
  readonly keys: readonly Tensor[];
  readonly values: readonly Tensor[];
}
