import { isNan } from "./floats.ts";
import { helper, wgsl } from "./tag.ts";

/** Toward zero, NaN → 0, out of range the end of the range: by the builtin, NaN would be −2^31 on SwiftShader. */
export const toI32 = helper(
  wgsl`fn toI32(x: f32) -> i32 {
    if (${isNan}(x)) { return 0; }
    if (x >= 2147483648.0) { return 2147483647; }
    if (x <= -2147483648.0) { return bitcast<i32>(0x80000000u); }
    return i32(x);
  }`,
);

export const toU32 = helper(
  wgsl`fn toU32(x: f32) -> u32 {
    if (${isNan}(x) || x <= 0.0) { return 0u; }
    if (x >= 4294967296.0) { return 0xffffffffu; }
    return u32(x);
  }`,
);

export const toI8 = helper(wgsl`fn toI8(x: f32) -> i32 { return clamp(${toI32}(x), -128, 127); }`);

export const toU8 = helper(wgsl`fn toU8(x: f32) -> u32 { return min(${toU32}(x), 255u); }`);

/** To nearest even: WGSL leaves open how its conversion rounds, both halves and their sum here are no matter of choice. */
export const fromI32 = helper(wgsl`fn fromI32(n: i32) -> f32 { return f32(n >> 16u) * 65536.0 + f32(n & 0xffff); }`);

export const fromU32 = helper(wgsl`fn fromU32(n: u32) -> f32 { return f32(n >> 16u) * 65536.0 + f32(n & 0xffffu); }`);
