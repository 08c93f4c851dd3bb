import type { DType } from "@helium-lm/tensor";

interface StoredType {
  readonly bits: number;
  /** What {@link StoredType.convert} gives; null: the format has the type, we have no place for it. */
  readonly dtype: DType | null;
  /**
   * Stored bytes, alone in their buffer, to elements of `dtype`; absent where they are the same bytes.
   * Throws a RangeError naming a value that does not fit.
   */
  readonly convert?: (bytes: Uint8Array) => Uint8Array;
}

const bytesOf = (array: Float32Array | Int32Array | Uint32Array): Uint8Array => new Uint8Array(array.buffer);

function narrowed(value: bigint, low: bigint, high: bigint): number {
  if (value < low || value > high) throw new RangeError(`the value ${value} does not fit in 32 bits`);
  return Number(value);
}

function narrowedFloat(value: number): number {
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
    throw new RangeError(`the value ${value} does not fit in a float32`);
  }
  return value;
}

/** Every element type of the format, with the tensor dtype that holds it. */
export const safetensorsDTypes = {
  F64: {
    bits: 64,
    dtype: "f32",
    convert: ({ buffer }) => bytesOf(Float32Array.from(new Float64Array(buffer), narrowedFloat)),
  },
  F32: { bits: 32, dtype: "f32" },
  F16: { bits: 16, dtype: "f16" },
  BF16: { bits: 16, dtype: "bf16" },
  I64: {
    bits: 64,
    dtype: "i32",
    convert: ({ buffer }) =>
      bytesOf(Int32Array.from(Array.from(new BigInt64Array(buffer), (v) => narrowed(v, -(2n ** 31n), 2n ** 31n - 1n)))),
  },
  I32: { bits: 32, dtype: "i32" },
  I16: { bits: 16, dtype: "i32", convert: ({ buffer }) => bytesOf(Int32Array.from(new Int16Array(buffer))) },
  I8: { bits: 8, dtype: "i8" },
  U64: {
    bits: 64,
    dtype: "u32",
    convert: ({ buffer }) =>
      bytesOf(Uint32Array.from(Array.from(new BigUint64Array(buffer), (v) => narrowed(v, 0n, 2n ** 32n - 1n)))),
  },
  U32: { bits: 32, dtype: "u32" },
  U16: { bits: 16, dtype: "u32", convert: ({ buffer }) => bytesOf(Uint32Array.from(new Uint16Array(buffer))) },
  U8: { bits: 8, dtype: "u8" },
  BOOL: { bits: 8, dtype: "bool", convert: (bytes) => bytes.map((byte) => (byte === 0 ? 0 : 1)) },
  F8_E5M2: { bits: 8, dtype: null },
  F8_E4M3: { bits: 8, dtype: null },
  F8_E8M0: { bits: 8, dtype: null },
  F8_E4M3FNUZ: { bits: 8, dtype: null },
  F8_E5M2FNUZ: { bits: 8, dtype: null },
  F6_E2M3: { bits: 6, dtype: null },
  F6_E3M2: { bits: 6, dtype: null },
  F4: { bits: 4, dtype: null },
  C64: { bits: 64, dtype: null },
} as const satisfies Readonly<Record<string, StoredType>>;

/** An element type as the file names it. */
export type SafetensorsDType = keyof typeof safetensorsDTypes;

/** Types that a file may hold and no tensor can. */
export type UnreadableDType = {
  [K in SafetensorsDType]: (typeof safetensorsDTypes)[K]["dtype"] extends null ? K : never;
}[SafetensorsDType];

/** Whether safetensors files know a dtype of that name: `BF16`. */
export function isSafetensorsDType(name: string): name is SafetensorsDType {
  return Object.hasOwn(safetensorsDTypes, name);
}

/** The table's entry by its general type. */
export function storedType(name: SafetensorsDType): StoredType {
  return safetensorsDTypes[name];
}

/** The file's name for each tensor dtype, for writing. */
export const storedNames: Readonly<Record<DType, SafetensorsDType>> = {
  f32: "F32",
  f16: "F16",
  bf16: "BF16",
  i32: "I32",
  u32: "U32",
  i8: "I8",
  u8: "U8",
  bool: "BOOL",
};
