import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "./half.ts";

/** Element types. `dtype` says how elements are stored; arithmetic is in f32 or wider on every backend. */
export type DType = "f32" | "f16" | "bf16" | "i32" | "u32" | "i8" | "u8" | "bool";

/** Storage arrays. f16 and bf16 are kept as their 16 bits. */
export type TypedArray = Float32Array | Int32Array | Uint32Array | Uint16Array | Int8Array | Uint8Array;

export interface DTypeInfo {
  readonly name: DType;
  /** Bytes per element. */
  readonly bytes: number;
  readonly kind: "float" | "int" | "bool";
  /** A typed array over `length` elements of `buffer`, starting at `byteOffset`. */
  readonly view: (buffer: ArrayBufferLike, byteOffset: number, length: number) => TypedArray;
  /** Stored element → number. */
  readonly decode: (stored: number) => number;
  /** Number → stored element: floats round to nearest even, integers wrap, bool is `x ≠ 0`. */
  readonly encode: (value: number) => number;
}

const same = (stored: number): number => stored;

/** The one dtype table. */
export const dtypes: { readonly [K in DType]: DTypeInfo & { readonly name: K } } = {
  f32: {
    name: "f32",
    bytes: 4,
    kind: "float",
    view: (buffer, byteOffset, length) => new Float32Array(buffer, byteOffset, length),
    decode: same,
    encode: Math.fround,
  },
  f16: {
    name: "f16",
    bytes: 2,
    kind: "float",
    view: (buffer, byteOffset, length) => new Uint16Array(buffer, byteOffset, length),
    decode: decodeF16,
    encode: encodeF16,
  },
  bf16: {
    name: "bf16",
    bytes: 2,
    kind: "float",
    view: (buffer, byteOffset, length) => new Uint16Array(buffer, byteOffset, length),
    decode: decodeBf16,
    encode: encodeBf16,
  },
  i32: {
    name: "i32",
    bytes: 4,
    kind: "int",
    view: (buffer, byteOffset, length) => new Int32Array(buffer, byteOffset, length),
    decode: same,
    encode: (value) => value | 0,
  },
  u32: {
    name: "u32",
    bytes: 4,
    kind: "int",
    view: (buffer, byteOffset, length) => new Uint32Array(buffer, byteOffset, length),
    decode: same,
    encode: (value) => value >>> 0,
  },
  i8: {
    name: "i8",
    bytes: 1,
    kind: "int",
    view: (buffer, byteOffset, length) => new Int8Array(buffer, byteOffset, length),
    decode: same,
    encode: (value) => (value << 24) >> 24,
  },
  u8: {
    name: "u8",
    bytes: 1,
    kind: "int",
    view: (buffer, byteOffset, length) => new Uint8Array(buffer, byteOffset, length),
    decode: same,
    encode: (value) => value & 0xff,
  },
  bool: {
    name: "bool",
    bytes: 1,
    kind: "bool",
    view: (buffer, byteOffset, length) => new Uint8Array(buffer, byteOffset, length),
    decode: same,
    encode: (value) => (value === 0 ? 0 : 1),
  },
};

/** All dtype names, in table order. */
export const dtypeNames: readonly DType[] = Object.keys(dtypes) as DType[];

/** Whether it is the name of a dtype that tensors have; block formats are not. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(dtypes, name);
}

/** True for f32, f16 and bf16. */
export function isFloat(dtype: DType): boolean {
  return dtypes[dtype].kind === "float";
}
