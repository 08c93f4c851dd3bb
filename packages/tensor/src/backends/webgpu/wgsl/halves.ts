import { helper, wgsl, type Fragment, type Helper } from "./tag.ts";

/**
 * f16 and bf16 by integers: no feature is needed, and the builtins round −0 to 0x8002 and ∞ to 0x7fff on SwiftShader. Encoding
 * rounds to nearest, ties to even; NaN stays NaN, what is too large becomes infinite.
 */

export const decodeBf16 = helper(wgsl`fn decodeBf16(half: u32) -> f32 { return bitcast<f32>(half * 65536u); }`);

/** Two bf16 in a word. */
export const bf16Pair = helper(
  wgsl`fn bf16Pair(word: u32) -> vec2<f32> { return bitcast<vec2<f32>>(vec2<u32>(word * 65536u, word & 0xffff0000u)); }`,
);

export const encodeBf16 = helper(
  wgsl`fn encodeBf16(x: f32) -> u32 {
    let bits = bitcast<u32>(x);
    if ((bits & 0x7fffffffu) > 0x7f800000u) { return (bits >> 16u) | 0x40u; }
    return (bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u;
  }`,
);

/** Without branches, and with products instead of shifts: see block-fields.ts. */
export const decodeF16 = helper(
  wgsl`fn decodeF16(half: u32) -> f32 {
    let sign = (half & 0x8000u) * 65536u;
    let size = half & 0x7fffu;
    let normal = size * 8192u + 0x38000000u;
    // Steps of 2^−24, of which f32 has each as a normal number.
    let small = bitcast<u32>(f32(size) * ${2 ** -24});
    let finite = select(small, normal, size >= 0x0400u);
    // The exponent of infinity and NaN: again as much more.
    return bitcast<f32>(sign | select(finite, normal + 0x38000000u, size >= 0x7c00u));
  }`,
);

/** Two f16 in a word. */
export const f16Pair = helper(
  wgsl`fn f16Pair(word: u32) -> vec2<f32> { return vec2<f32>(${decodeF16}(word & 0xffffu), ${decodeF16}(word >> 16u)); }`,
);

/** How a device with the feature `shader-f16` decodes f16. Only the reading is its own: what is computed stays f32. */
export const f16OfDevice: ReadonlyMap<Helper, Fragment> = new Map([
  [decodeF16, wgsl`fn decodeF16(half: u32) -> f32 { return f32(bitcast<vec2<f16>>(half).x); }`],
  [f16Pair, wgsl`fn f16Pair(word: u32) -> vec2<f32> { return vec2<f32>(bitcast<vec2<f16>>(word)); }`],
]);

export const encodeF16 = helper(
  wgsl`fn encodeF16(x: f32) -> u32 {
    let bits = bitcast<u32>(x);
    let sign = (bits >> 16u) & 0x8000u;
    let size = bits & 0x7fffffffu;
    if (size > 0x7f800000u) { return sign | 0x7e00u | ((size >> 13u) & 0x3ffu); }
    // 65,520 is halfway between the largest f16 and the next step, and ties to infinity.
    if (size >= 0x477ff000u) { return sign | 0x7c00u; }
    if (size < 0x38800000u) {
      // Steps of 2^−24: the significand loses so many bits more that 2^−25 and less becomes 0.
      let drop = min(126u - (size >> 23u), 25u);
      let significand = select((size & 0x007fffffu) | 0x00800000u, 0u, size < 0x00800000u);
      let kept = significand >> drop;
      let rest = significand & ((1u << drop) - 1u);
      let half = 1u << (drop - 1u);
      return sign | (kept + select(0u, 1u, rest > half || (rest == half && (kept & 1u) == 1u)));
    }
    // Rebias the exponent from 127 to 15 and round away the low 13 bits of the fraction.
    return sign | ((size + 0xfffu + ((size >> 13u) & 1u) - 0x38000000u) >> 13u);
  }`,
);
