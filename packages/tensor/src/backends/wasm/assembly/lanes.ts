// Vector idioms shared by all kernels. Every function here is inlined; branches on types and features are decided when
// the kernel is compiled.

/** a·b + c: one rounding where the engine has relaxed SIMD on FMA hardware, two otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Storage types by width and sign: f32 is f32, bf16 is u16, f16 is i16. */
// @ts-ignore: decorator
@inline
export function loadLanes<T>(at: usize): v128 {
  if (isFloat<T>()) return v128.load(at);
  if (isSigned<T>()) return f16Lanes(v128.load16x4_s(at));
  return i32x4.shl(v128.load16x4_u(at), 16);
}

/** The first four of eight bf16 as f32; `zero` is a vector of zeros. */
// @ts-ignore: decorator
@inline
export function lowHalves(v: v128, zero: v128): v128 {
  return i8x16.shuffle(zero, v, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}

/** The last four. */
// @ts-ignore: decorator
@inline
export function highHalves(v: v128, zero: v128): v128 {
  return i8x16.shuffle(zero, v, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

/** One element, widened. */
// @ts-ignore: decorator
@inline
export function loadElement<T>(at: usize): f32 {
  if (isFloat<T>()) return load<f32>(at);
  if (isSigned<T>()) return f32x4.extract_lane(f16Lanes(i32x4.splat(load<i16>(at))), 0);
  return reinterpret<f32>((<u32>load<u16>(at)) << 16);
}

/** Constants of `f16Lanes`, one per vector: V8 would rebuild them in every turn of a loop. */
const F16: usize = memory.data<u32>(
  [
    0x0fffe000, 0x0fffe000, 0x0fffe000, 0x0fffe000, 0x77800000, 0x77800000, 0x77800000, 0x77800000, 0x0f7fffff,
    0x0f7fffff, 0x0f7fffff, 0x0f7fffff, 0x7f800000, 0x7f800000, 0x7f800000, 0x7f800000, 0x80000000, 0x80000000,
    0x80000000, 0x80000000,
  ],
  16,
);

/**
 * Four f16, sign-extended to 32 bits, → f32. A product with 2¹¹² (0x77800000) rebases the exponent and normalises
 * subnormals; an exponent of all ones becomes that of f32.
 */
// @ts-ignore: decorator
@inline
export function f16Lanes(half: v128): v128 {
  const bits = i32x4.shl(half, 13);
  const magnitude = v128.and(bits, v128.load(F16));
  const special = v128.and(i32x4.gt_s(magnitude, v128.load(F16, 32)), v128.load(F16, 48));
  const value = v128.or(f32x4.mul(magnitude, v128.load(F16, 16)), special);
  return v128.or(value, v128.and(bits, v128.load(F16, 64)));
}

/** (l0 + l2) + (l1 + l3): the one order in which lanes are added. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  const halves = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}

// @ts-ignore: decorator
@inline
export function maxLanes(v: v128): f32 {
  const halves = f32x4.max(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return max(f32x4.extract_lane(halves, 0), f32x4.extract_lane(halves, 1));
}

/** Stores the first n < 4 lanes. */
// @ts-ignore: decorator
@inline
export function storePart(at: usize, v: v128, n: i32): void {
  if (n > 0) store<f32>(at, f32x4.extract_lane(v, 0));
  if (n > 1) store<f32>(at, f32x4.extract_lane(v, 1), 4);
  if (n > 2) store<f32>(at, f32x4.extract_lane(v, 2), 8);
}

/**
 * e^x within 1 ulp: x = n·ln 2 + r with |r| ≤ ½ ln 2, a degree-6 polynomial for e^r (the Cephes minimax coefficients),
 * and 2^n in two factors so that results may be subnormal or overflow.
 */
export function exp4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(89)), f32x4.splat(-105));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = madd(n, f32x4.splat(-0.693359375), x);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(f32x4.mul(p, r), r, r), f32x4.splat(1));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const first = i32x4.shr_s(whole, 1);
  const second = i32x4.sub(whole, first);
  p = f32x4.mul(p, i32x4.shl(i32x4.add(first, i32x4.splat(127)), 23));
  return f32x4.mul(p, i32x4.shl(i32x4.add(second, i32x4.splat(127)), 23));
}

/** As `exp4` for one value, by the same arithmetic. */
export function exp1(value: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(value)), 0);
}

/**
 * tanh within 2 ulp: an odd polynomial (Cephes) below 0.625, where 1 − 2 / (e^2x + 1) cancels, that formula above. NaN
 * stays NaN.
 */
export function tanh4(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = madd(p, z, f32x4.splat(2.06390887954e-2));
  p = madd(p, z, f32x4.splat(-5.37397155531e-2));
  p = madd(p, z, f32x4.splat(1.33314422036e-1));
  p = madd(p, z, f32x4.splat(-3.33332819422e-1));
  const small = madd(f32x4.mul(p, z), x, x);
  const magnitude = f32x4.abs(x);
  const e = exp4(f32x4.add(magnitude, magnitude));
  const one = f32x4.splat(1);
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(small, v128.or(large, sign), f32x4.lt(magnitude, f32x4.splat(0.625)));
}
