import type { DType } from "../../../dtypes/dtype.ts";
import { elements, type Element } from "../wgsl/dtypes.ts";
import { helper, wgsl, type Fragment } from "../wgsl/tag.ts";

/** How the elements of an operand lie in words and what a kernel sees of them. */
export interface Stored extends Element {
  /** Tells it from others in the keys of shaders. */
  readonly key: string;
}

/** Elements as the numbers they stand for. */
export const asNumbers = (dtype: DType): Stored => ({ key: dtype, ...elements[dtype] });

const same = (pattern: Fragment): Fragment => pattern;

/** Elements as their bits: what is only moved keeps every bit, those of a NaN too, and dtypes of one size share shaders. */
export function asBits(dtype: DType): Stored {
  const { bits } = elements[dtype];
  return { key: `${bits}`, scalar: "u32", bits, decode: same, encode: same };
}

const byteAt = helper(wgsl`fn byteAt(word: u32, i: u32) -> u32 { return (word >> (8u * (i & 3u))) & 0xffu; }`);
const halfAt = helper(
  wgsl`fn halfAt(word: u32, i: u32) -> u32 { return select(word & 0xffffu, word >> 16u, (i & 1u) == 1u); }`,
);

/** The element at an index (a name) of `words`, an array of u32. */
export function load({ bits, decode }: Stored, words: string, index: string): Fragment {
  if (bits === 32) return decode(wgsl`${words}[${index}]`);
  if (bits === 16) return decode(wgsl`${halfAt}(${words}[${index} >> 1u], ${index})`);
  return decode(wgsl`${byteAt}(${words}[${index} >> 2u], ${index})`);
}

/** Bits of all ones, as many as an element has. */
export const onesOf = ({ bits }: Stored): string => `0x${(2 ** bits - 1).toString(16)}u`;
