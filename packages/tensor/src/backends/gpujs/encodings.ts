import type { QuantFormatName } from "../../contract/operand.ts";
import { dtypes, type DType, type TypedArray } from "../../dtypes/dtype.ts";
import { blockPackings } from "./block-packing.ts";
import { packHalves, unpackHalves } from "./packing.ts";

/** How elements lie in floats on the device: groups of so many elements in so many floats. */
export interface Encoding {
  readonly name: "plain" | "f16" | "bf16" | QuantFormatName;
  readonly elements: number;
  readonly floats: number;
  /** The 16-bit float that kernels decode patterns of, by table; null: none. */
  readonly decodes: "f16" | "bf16" | null;
  encode(stored: TypedArray): Float32Array;
  decode(floats: Float32Array, count: number): TypedArray;
}

/** One f32 per element. */
export function plainEncoding(dtype: DType): Encoding {
  const { bytes, view, decode, encode } = dtypes[dtype];
  return {
    name: "plain",
    elements: 1,
    floats: 1,
    decodes: null,
    encode: (stored) => (dtype === "f32" ? (stored as Float32Array).slice() : Float32Array.from(stored, decode)),
    decode(floats, count) {
      if (dtype === "f32") return floats.length === count ? floats : floats.slice(0, count);
      const stored = view(new ArrayBuffer(count * bytes), 0, count);
      for (let i = 0; i < count; i++) stored[i] = encode(floats[i] ?? 0);
      return stored;
    },
  };
}

/** f16 or bf16 as their patterns, three in two floats. */
export function halfEncoding(dtype: "f16" | "bf16"): Encoding {
  return {
    name: dtype,
    elements: 3,
    floats: 2,
    decodes: dtype,
    encode: (stored) => packHalves(stored as Uint16Array),
    decode: unpackHalves,
  };
}

/** A block format, its bytes being the elements; null where kernels do not read it. */
export function blockEncoding(format: QuantFormatName): Encoding | null {
  const packing = blockPackings[format];
  if (!packing) return null;
  return {
    name: format,
    elements: packing.bytes,
    floats: packing.floats,
    decodes: "f16",
    encode: (stored) => packing.pack(stored as Uint8Array),
    decode: (floats, count) => packing.unpack(floats, count),
  };
}
