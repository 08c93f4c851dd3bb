import {
  cast,
  copy,
  dtypes,
  narrow,
  quantizeInt8,
  scatterRows,
  scope,
  sliceUpdate,
  zeros,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";

export interface PageShape {
  readonly kvHeads: number;
  readonly pageSize: number;
  readonly headDim: number;
}

/**
 * How keys and values are stored: floats, or `q8_0` = 8-bit levels with one f32 scale per slot and head (the largest
 * magnitude is 127), 1.03 bytes per element for heads of 128.
 */
export type KvDType = "f32" | "f16" | "bf16" | "q8_0";

type PoolTensors = readonly [pool: Tensor, scales?: Tensor];

/** One side (keys or values) of a layer's pages, as one tensor or as levels and scales. */
export class KvStore {
  readonly #make: (pages: number) => PoolTensors;
  /** Rows `[N, K, D]` as they are stored. */
  readonly encode: (rows: Tensor) => readonly Tensor[];
  #tensors: PoolTensors | null = null;

  constructor(make: (pages: number) => PoolTensors, encode: (rows: Tensor) => readonly Tensor[]) {
    this.#make = make;
    this.encode = encode;
  }

  /** `[pages, K, P, D]` */
  get pool(): Tensor {
    return this.#allocated[0];
  }

  /** `[pages, K, P]`, where the pool holds levels. */
  get scales(): Tensor | undefined {
    return this.#allocated[1];
  }

  grow(pages: number): void {
    const old = this.#tensors;
    // An earlier growth that failed half-way may have left one side larger.
    if (old && (old[0].shape[0] ?? 0) >= pages) return;
    // The pool outlives every scope a forward pass opens.
    this.#tensors = scope((s) => {
      const made = this.#make(pages);
      made.forEach((t, i) => {
        const before = old?.[i];
        if (t && before)
          sliceUpdate(
            t,
            before,
            before.shape.map(() => 0),
          );
      });
      made.forEach((t) => t && s.keep(t));
      return made;
    });
    old?.forEach((t) => t?.dispose());
  }

  /** Writes encoded rows `[N, K, …]` into the slots `[N]`, numbered over all pages. */
  write(parts: readonly Tensor[], slots: Tensor): void {
    this.#allocated.forEach((t, i) => {
      const part = parts[i];
      if (t && part) scatterRows(t, part, slots);
    });
  }

  copyPage(from: number, to: number): void {
    scope(() => {
      for (const t of this.#allocated)
        if (t) sliceUpdate(t, copy(narrow(t, 0, from, 1)), [to, ...t.shape.slice(1).map(() => 0)]);
    });
  }

  dispose(): void {
    this.#tensors?.forEach((t) => t?.dispose());
    this.#tensors = null;
  }

  get #allocated(): PoolTensors {
    if (!this.#tensors) throw new RangeError("KvStore: grow() first");
    return this.#tensors;
  }
}

const floats =
  (dtype: DType) =>
  (backend: Backend, { kvHeads, pageSize, headDim }: PageShape): KvStore =>
    new KvStore(
      (pages) => [zeros(backend, [pages, kvHeads, pageSize, headDim], dtype)],
      (rows) => [rows],
    );

const levels = (backend: Backend, { kvHeads, pageSize, headDim }: PageShape): KvStore =>
  new KvStore(
    (pages) => [
      zeros(backend, [pages, kvHeads, pageSize, headDim], "i8"),
      zeros(backend, [pages, kvHeads, pageSize], "f32"),
    ],
    (rows) => {
      const { levels, scales } = quantizeInt8(rows.dtype === "f32" ? rows : cast(rows, "f32"));
      return [levels, scales];
    },
  );

/** How each storage is made. */
export const kvStores: { readonly [K in KvDType]: (backend: Backend, shape: PageShape) => KvStore } = {
  f32: floats("f32"),
  f16: floats("f16"),
  bf16: floats("bf16"),
  q8_0: levels,
};

/** Bytes of an element in the largest of its storages. */
export const kvBytes = (dtype: KvDType): number => (dtype === "q8_0" ? 1 : dtypes[dtype].bytes);

export const kvDTypes = Object.keys(kvStores) as readonly KvDType[];

export function isKvDType(name: unknown): name is KvDType {
  return kvDTypes.includes(name as KvDType);
}
