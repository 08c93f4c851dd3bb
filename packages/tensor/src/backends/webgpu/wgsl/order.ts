import type { Scalar } from "./dtypes.ts";
import { floatOf, isNan } from "./floats.ts";
import { helper, wgsl, type Helper } from "./tag.ts";

/**
 * Numbers as u32 that compare as the numbers do: −0 as 0, and NaN after all others. What is largest, and what is equal, is then
 * decided by integers.
 */
const keyOfFloat = helper(
  wgsl`fn keyOfFloat(x: f32) -> u32 {
    if (${isNan}(x)) { return 0xffffffffu; }
    let bits = bitcast<u32>(x);
    if (bits == 0x80000000u) { return 0x80000000u; }
    return select(bits ^ 0x80000000u, ~bits, bits >= 0x80000000u);
  }`,
);

const floatOfKey = helper(
  wgsl`fn floatOfKey(key: u32) -> f32 {
    return ${floatOf}(select(~key, select(key ^ 0x80000000u, 0x7fc00000u, key == 0xffffffffu), key >= 0x80000000u));
  }`,
);

const keyOfSigned = helper(wgsl`fn keyOfSigned(n: i32) -> u32 { return bitcast<u32>(n) ^ 0x80000000u; }`);
const signedOfKey = helper(wgsl`fn signedOfKey(key: u32) -> i32 { return bitcast<i32>(key ^ 0x80000000u); }`);
const keyOfUnsigned = helper(wgsl`fn keyOfUnsigned(n: u32) -> u32 { return n; }`);

/** A scalar to its key and back. The least key, 0, is that of no float. */
export const keys: { readonly [S in Scalar]: { readonly of: Helper; readonly back: Helper } } = {
  f32: { of: keyOfFloat, back: floatOfKey },
  i32: { of: keyOfSigned, back: signedOfKey },
  u32: { of: keyOfUnsigned, back: keyOfUnsigned },
};
