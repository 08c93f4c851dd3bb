import { nonLinearLevels } from "../../../quant/formats/iq4-nl.ts";
import { decodeF16 } from "./halves.ts";
import { helper, wgsl } from "./tag.ts";

/**
 * Fields of words of blocks, as helpers in WGSL. A field becomes a float where it lies, and is then brought to its size by a power
 * of two, which is exact: a processor that plays a GPU shifts lane by lane, at the price of seven products.
 */

/** Bit fields of the four bytes of a word, each as a float: `(byte / at) & ones` with `at`, a power of two, up to 16 or so. */
export const fieldsOf = helper(
  wgsl`fn fieldsOf(word: u32, at: u32, ones: u32) -> vec4<f32> {
    let mask = vec4<u32>(1u, 256u, 65536u, 16777216u) * (ones * at);
    return vec4<f32>(vec4<u32>(word) & mask) * (vec4<f32>(1.0, ${2 ** -8}, ${2 ** -16}, ${2 ** -24}) / f32(at));
  }`,
);

/** `fieldsOf` of the low halves of the bytes. Integers with a sign become floats sooner. */
export const lowNibbles = helper(
  wgsl`fn lowNibbles(word: u32) -> vec4<f32> {
    let fields = vec4<u32>(word) & vec4<u32>(0xfu, 0xf00u, 0xf0000u, 0xf000000u);
    return vec4<f32>(bitcast<vec4<i32>>(fields)) * vec4<f32>(1.0, ${2 ** -8}, ${2 ** -16}, ${2 ** -24});
  }`,
);

/** `fieldsOf` of the high halves; with the sign bit turned over, the last is 8 less. */
export const highNibbles = helper(
  wgsl`fn highNibbles(word: u32) -> vec4<f32> {
    let fields = vec4<u32>(vec3<u32>(word), word ^ 0x80000000u) & vec4<u32>(0xf0u, 0xf000u, 0xf00000u, 0xf0000000u);
    let levels = vec4<f32>(bitcast<vec4<i32>>(fields)) * vec4<f32>(${2 ** -4}, ${2 ** -12}, ${2 ** -20}, ${2 ** -28});
    return vec4<f32>(levels.xyz, levels.w + 8.0);
  }`,
);

/** Four bytes of a word, of which each has a sign. */
export const signedBytes = helper(
  wgsl`fn signedBytes(word: u32) -> vec4<f32> {
    let high = (vec4<u32>(word) * vec4<u32>(16777216u, 65536u, 256u, 1u)) & vec4<u32>(0xff000000u);
    return vec4<f32>(bitcast<vec4<i32>>(high)) * ${2 ** -24};
  }`,
);

/** The four bits of a word from the bit `at` on, a power of two, as what fifth bits of levels are worth: 0 or 16. */
export const fifthBits = helper(
  wgsl`fn fifthBits(word: u32, at: u32) -> vec4<f32> {
    return vec4<f32>(vec4<u32>(word) & (vec4<u32>(1u, 2u, 4u, 8u) * at)) * (vec4<f32>(16.0, 8.0, 4.0, 2.0) / f32(at));
  }`,
);

/** The f16 of block `b`, two to a word. */
export const halfOfPair = helper(
  wgsl`fn halfOfPair(word: u32, b: u32) -> f32 { return ${decodeF16}(select(word & 0xffffu, word >> 16u, (b & 1u) == 1u)); }`,
);

/** The 6-bit scale and min of sub-block j, from the 12 bytes of q4_K and q5_K in three words. */
export const sixBits = helper(
  wgsl`fn sixBits(ofScales: u32, ofMins: u32, ofBoth: u32, j: u32) -> vec2<f32> {
    let shift = 8u * (j & 3u);
    let scale = (ofScales >> shift) & 0xffu;
    let min = (ofMins >> shift) & 0xffu;
    let low = (ofBoth >> shift) & 0xffu;
    if (j < 4u) { return vec2<f32>(f32(scale & 63u), f32(min & 63u)); }
    return vec2<f32>(f32((low & 15u) | ((scale >> 6u) << 4u)), f32((low >> 4u) | ((min >> 6u) << 4u)));
  }`,
);

const nonLinear = helper(
  wgsl`const nonLinear = array<f32, 16>(${[...nonLinearLevels].map((level) => `${level}.0`).join(", ")});`,
);

/** The levels that small whole numbers stand for. */
export const nonLinearOf = helper(
  wgsl`fn nonLinearOf(numbers: vec4<f32>) -> vec4<f32> {
    let q = vec4<u32>(numbers);
    return vec4<f32>(${nonLinear}[q.x], ${nonLinear}[q.y], ${nonLinear}[q.z], ${nonLinear}[q.w]);
  }`,
);
