import { ropeAppend, scope, type Backend, type HeadNorms, type RopePairing, type Tensor } from "@helium-lm/tensor";
import type { RotaryAngles } from "../rope/index.ts";
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

  /** Scales of the pools for `attention`, `[pages, K, P]`; nothing where they hold floats. */
  get scales(): { readonly keyScales?: Tensor; readonly valueScales?: Tensor } {
    const [keyScales, valueScales] = [this.keys.scales, this.values.scales];
    return keyScales && valueScales ? { keyScales, valueScales } : {};
  }

  /** Writes keys and values `[N, K, D]` into the slots `[N]` i32: page · P + place. */
  write(keys: Tensor, values: Tensor, slots: Tensor): void {
    scope(() => {
      this.keys.write(this.keys.encode(keys), slots);
      this.values.write(this.values.encode(values), slots);
    });
  }

  /** As `write`, of keys that are normed, where there are norms, and turn first; the queries `[N, H, D]` likewise, and are the result. */
  writeTurned(
    { q, k, v }: { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor },
    slots: Tensor,
    { cos, sin, positions }: RotaryAngles,
    { pairing, norms }: { readonly pairing: RopePairing; readonly norms: HeadNorms | null },
  ): Tensor {
    const pools = { keys: this.keys.pool, values: this.values.pool, ...this.scales };
    return ropeAppend(q, k, v, cos, sin, { pairing, positions, slots, ...pools, ...(norms && { norms }) });
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
