import type { DType } from "../../../dtypes/dtype.ts";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "./halves.ts";
import { fromI32, fromU32, toI32, toI8, toU32, toU8 } from "./integers.ts";
import { isNan } from "./floats.ts";
import { helper, wgsl, type Fragment, type Helper } from "./tag.ts";

/** The type that kernels compute a dtype in; bool is 0 or 1 in u32. */
export type Scalar = "f32" | "i32" | "u32";

/** How the elements of a dtype lie in the u32 words of a storage, and what kernels make of them. */
export interface Element {
  readonly scalar: Scalar;
  readonly bits: 8 | 16 | 32;
  /** The scalar of a pattern of so many bits, a u32 with zeros above. */
  readonly decode: (pattern: Fragment) => Fragment;
  /** The pattern of a scalar; integers wrap. */
  readonly encode: (value: Fragment) => Fragment;
}

const byName = (name: Helper) => (value: Fragment) => wgsl`${name}(${value})`;

/** By dtype. */
export const elements: { readonly [D in DType]: Element } = {
  f32: { scalar: "f32", bits: 32, decode: (w) => wgsl`bitcast<f32>(${w})`, encode: (v) => wgsl`bitcast<u32>(${v})` },
  f16: { scalar: "f32", bits: 16, decode: byName(decodeF16), encode: byName(encodeF16) },
  bf16: { scalar: "f32", bits: 16, decode: byName(decodeBf16), encode: byName(encodeBf16) },
  i32: { scalar: "i32", bits: 32, decode: (w) => wgsl`bitcast<i32>(${w})`, encode: (v) => wgsl`bitcast<u32>(${v})` },
  u32: { scalar: "u32", bits: 32, decode: (w) => w, encode: (v) => v },
  i8: {
    scalar: "i32",
    bits: 8,
    decode: (w) => wgsl`extractBits(bitcast<i32>(${w}), 0u, 8u)`,
    encode: (v) => wgsl`(bitcast<u32>(${v}) & 0xffu)`,
  },
  u8: { scalar: "u32", bits: 8, decode: (w) => w, encode: (v) => wgsl`(${v} & 0xffu)` },
  bool: { scalar: "u32", bits: 8, decode: (w) => w, encode: (v) => wgsl`select(0u, 1u, ${v} != 0u)` },
};

const truth = helper(
  wgsl`fn truth(x: f32) -> u32 { return select(0u, 1u, ${isNan}(x) || (bitcast<u32>(x) & 0x7fffffffu) != 0u); }`,
);

/** A scalar of one dtype as that of another: as the op `cast` has it. */
export function convert(from: DType, to: DType, value: Fragment): Fragment {
  const [source, target] = [elements[from].scalar, elements[to].scalar];
  if (to === "bool") {
    if (source === "f32") return wgsl`${truth}(${value})`;
    return wgsl`select(0u, 1u, ${value} != ${source === "i32" ? "0" : "0u"})`;
  }
  if (target === "f32") {
    if (source === "f32") return value;
    return wgsl`${source === "i32" ? fromI32 : fromU32}(${value})`;
  }
  if (source === "f32") {
    const saturating = { i32: toI32, u32: toU32, i8: toI8, u8: toU8 } as const;
    return wgsl`${saturating[to as keyof typeof saturating]}(${value})`;
  }
  return source === target ? value : wgsl`bitcast<${target}>(${value})`;
}
