import type { DType, TypedArray } from "../../dtypes/dtype.ts";
import { decodeBf16, decodeF16, decodeTable, encodeBf16, encodeF16 } from "../../dtypes/half.ts";

const tables: { f16?: Float32Array; bf16?: Float32Array } = {};

/**
 * f32 value of every 16-bit pattern. A look-up beats shifting bits through a second array by 1.4× in a dot product, and
 * the few thousand patterns that real weights use stay in the first-level cache.
 */
export function halfTable(dtype: "f16" | "bf16"): Float32Array {
  return (tables[dtype] ??= decodeTable(dtype === "f16" ? decodeF16 : decodeBf16));
}

/**
 * Lanes are runs of elements widened to f64, small enough to stay in the first-level cache. A kernel loads lanes, works
 * on them and stores them with one rounding, so D dtypes and O ops need D + O loops instead of D · O.
 */
export const LANES = 1024;

/** `lanes[to + i] = array[at + i·stride]` for 0 ≤ i < n, decoded. */
export type Load = (lanes: Float64Array, to: number, n: number, array: TypedArray, at: number, stride: number) => void;

/** `array[at + i·stride] = lanes[from + i]` for 0 ≤ i < n, rounded or wrapped into the dtype. */
export type Store = (
  lanes: Float64Array,
  from: number,
  n: number,
  array: TypedArray,
  at: number,
  stride: number,
) => void;

/**
 * From this length on, consecutive elements go through `TypedArray.set`: engines convert in vector instructions there,
 * four times as fast as a loop (0.25 against 1 ns per element), which is worth making a view for.
 */
const BULK = 32;

/** Consecutive elements by `set`, others by `loop`. */
const bulkLoad =
  (loop: Load): Load =>
  (lanes, to, n, array, at, stride) => {
    if (stride === 1 && n >= BULK) lanes.set(array.subarray(at, at + n), to);
    else loop(lanes, to, n, array, at, stride);
  };

/** Consecutive elements by `set`, which rounds and wraps as an assignment does, others by `loop`. */
const bulkStore =
  (loop: Store): Store =>
  (lanes, from, n, array, at, stride) => {
    if (stride === 1 && n >= BULK) array.set(lanes.subarray(from, from + n), at);
    else loop(lanes, from, n, array, at, stride);
  };

/** 16-bit floats, four look-ups at a time where they follow one another. */
const tableLoad =
  (dtype: "f16" | "bf16"): Load =>
  (lanes, to, n, array, at, stride) => {
    const table = halfTable(dtype);
    let i = 0;
    if (stride === 1) {
      for (; i + 4 <= n; i += 4) {
        const t = to + i;
        const p = at + i;
        lanes[t] = table[array[p]];
        lanes[t + 1] = table[array[p + 1]];
        lanes[t + 2] = table[array[p + 2]];
        lanes[t + 3] = table[array[p + 3]];
      }
    }
    for (; i < n; i++) lanes[to + i] = table[array[at + i * stride]];
  };

// Each loop is its own function although the bodies are equal: V8 compiles a function for the array types it has seen,
// and one shared by all dtypes would fall back to generic element access.
export const loads: { readonly [K in DType]: Load } = {
  f32: bulkLoad((lanes, to, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) lanes[to + i] = array[at];
  }),
  f16: tableLoad("f16"),
  bf16: tableLoad("bf16"),
  i32: bulkLoad((lanes, to, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) lanes[to + i] = array[at];
  }),
  u32: bulkLoad((lanes, to, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) lanes[to + i] = array[at];
  }),
  i8: bulkLoad((lanes, to, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) lanes[to + i] = array[at];
  }),
  u8: bulkLoad((lanes, to, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) lanes[to + i] = array[at];
  }),
  bool: bulkLoad((lanes, to, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) lanes[to + i] = array[at];
  }),
};

export const stores: { readonly [K in DType]: Store } = {
  f32: bulkStore((lanes, from, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) array[at] = lanes[from + i];
  }),
  f16(lanes, from, n, array, at, stride) {
    for (let i = 0; i < n; i++, at += stride) array[at] = encodeF16(lanes[from + i]);
  },
  bf16(lanes, from, n, array, at, stride) {
    for (let i = 0; i < n; i++, at += stride) array[at] = encodeBf16(lanes[from + i]);
  },
  i32: bulkStore((lanes, from, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) array[at] = lanes[from + i];
  }),
  u32: bulkStore((lanes, from, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) array[at] = lanes[from + i];
  }),
  i8: bulkStore((lanes, from, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) array[at] = lanes[from + i];
  }),
  u8: bulkStore((lanes, from, n, array, at, stride) => {
    for (let i = 0; i < n; i++, at += stride) array[at] = lanes[from + i];
  }),
  bool(lanes, from, n, array, at, stride) {
    for (let i = 0; i < n; i++, at += stride) array[at] = lanes[from + i] === 0 ? 0 : 1;
  },
};
