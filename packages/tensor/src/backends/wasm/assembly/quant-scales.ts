// Scales of the blocks of files, whose bits are scattered; every `put` is the inverse, into bytes that are zero.

import { f16Lanes } from "./lanes";

/** The 16 values of a level of iq4_nl and iq4_xs. */
export const LEVELS: usize = memory.data<i8>(
  [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113],
  16,
);

/** One f16 as f32. */
// @ts-ignore: decorator
@inline
export function halfAt(at: usize): f32 {
  return f32x4.extract_lane(f16Lanes(i32x4.splat(load<i16>(at))), 0);
}

// @ts-ignore: decorator
@inline
function putByte(at: usize, bits: u32): void {
  store<u8>(at, load<u8>(at) | <u8>bits);
}

/** Number j < 8 of the twelve bytes of q4_K and q5_K; scales begin at byte 0, minima at byte 4 with `nibble` 4. */
// @ts-ignore: decorator
@inline
function sixBits(file: usize, first: usize, nibble: u32, j: usize): u32 {
  if (j < 4) return load<u8>(file + first + j) & 63;
  return ((<u32>load<u8>(file + 4 + j) >> nibble) & 15) | ((<u32>load<u8>(file + first + j - 4) >> 6) << 4);
}

export function sixBitScale(file: usize, j: usize): u32 {
  return sixBits(file, 0, 0, j);
}

export function sixBitMin(file: usize, j: usize): u32 {
  return sixBits(file, 4, 4, j);
}

export function putSixBits(file: usize, j: usize, scale: u32, min: u32): void {
  if (j < 4) {
    putByte(file + j, scale);
    putByte(file + 4 + j, min);
  } else {
    putByte(file + 4 + j, (scale & 15) | ((min & 15) << 4));
    putByte(file + j - 4, (scale >> 4) << 6);
    putByte(file + j, (min >> 4) << 6);
  }
}

/** Scale of group g < 16 of the twelve bytes of q3_K: a nibble of byte g mod 8, two bits of byte 8 + g mod 4. */
export function splitScale(file: usize, g: usize): u32 {
  const low = (<u32>load<u8>(file + (g & 7)) >> (<u32>(g >> 3) << 2)) & 15;
  return low | (((<u32>load<u8>(file + (g & 3), 8) >> (<u32>(g >> 2) << 1)) & 3) << 4);
}

export function putSplitScale(file: usize, g: usize, scale: u32): void {
  putByte(file + (g & 7), (scale & 15) << (<u32>(g >> 3) << 2));
  putByte(file + 8 + (g & 3), ((scale >> 4) & 3) << (<u32>(g >> 2) << 1));
}

/** Scale j < 8 of iq4_xs: two bits of the 16 that come first, a nibble of the four bytes behind. */
export function stripedScale(file: usize, j: usize): u32 {
  const low = (<u32>load<u8>(file + (j >> 1), 2) >> (<u32>(j & 1) << 2)) & 15;
  return low | (((<u32>load<u16>(file) >> (<u32>j << 1)) & 3) << 4);
}

export function putStripedScale(file: usize, j: usize, scale: u32): void {
  putByte(file + 2 + (j >> 1), (scale & 15) << (<u32>(j & 1) << 2));
  store<u16>(file, load<u16>(file) | <u16>(((scale >> 4) & 3) << (<u32>j << 1)));
}
