import { helper, wgsl } from "./tag.ts";

/** An integer of 64 bits. Sums of such are exact, whatever their order, as sums of floats are not. */
export const wide = helper(wgsl`struct Wide { high: u32, low: u32 }`);

/** a + b */
export const plus = helper(
  wgsl`fn plus(a: ${wide}, b: ${wide}) -> ${wide} {
    let low = a.low + b.low;
    return ${wide}(a.high + b.high + select(0u, 1u, low < a.low), low);
  }`,
);

/** a − b for a ≥ b */
export const minus = helper(
  wgsl`fn minus(a: ${wide}, b: ${wide}) -> ${wide} {
    return ${wide}(a.high - b.high - select(0u, 1u, a.low < b.low), a.low - b.low);
  }`,
);

/** a > b */
export const exceeds = helper(
  wgsl`fn exceeds(a: ${wide}, b: ${wide}) -> bool { return a.high > b.high || (a.high == b.high && a.low > b.low); }`,
);

/** a·b of two words, by halves of them. */
const productOf = helper(
  wgsl`fn productOf(a: u32, b: u32) -> ${wide} {
    let low = (a & 0xffffu) * (b & 0xffffu);
    // At most (2^16 − 1)² + 2^16 − 1 < 2^32.
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return ${wide}((a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u), (other << 16u) | (low & 0xffffu));
  }`,
);

/** a·n, where that is below 2^64 */
export const times = helper(
  wgsl`fn times(a: ${wide}, n: u32) -> ${wide} {
    let product = ${productOf}(a.low, n);
    return ${wide}(product.high + a.high * n, product.low);
  }`,
);

/** ⌊a·fraction / 2^32⌋ */
export const share = helper(
  wgsl`fn share(a: ${wide}, fraction: u32) -> ${wide} {
    return ${plus}(${productOf}(a.high, fraction), ${wide}(0u, ${productOf}(a.low, fraction).high));
  }`,
);

/** ⌊x·2^32⌋ for 0 ≤ x < 1 */
export const fractionOf = helper(wgsl`fn fractionOf(x: f32) -> u32 { return u32(x * 4294967296.0); }`);
