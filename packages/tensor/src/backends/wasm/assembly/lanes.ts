// Vector idioms shared by all kernels. Every function here is inlined; branches on types and features are decided when
// the kernel is compiled.

/** a·b + c: one rounding where the engine has relaxed SIMD on FMA hardware, two otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** a·b + c with two roundings in every build. */
// @ts-ignore: decorator
@inline
export function addProduct(a: v128, b: v128, c: v128): v128 {
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

/** 0x8fffffff × 4: sign, exponent and mantissa of an f16 that was sign-extended and shifted to f32's places. */
export const F16_FIELDS: usize = memory.data<u32>([0x8fffffff, 0x8fffffff, 0x8fffffff, 0x8fffffff], 16);
/** 2¹¹² × 4: from the bias of such an exponent, 15, to f32's 127. */
export const F16_REBASE: usize = memory.data<u32>([0x77800000, 0x77800000, 0x77800000, 0x77800000], 16);

/** Four finite f16 → f32, with the two constants above. */
// @ts-ignore: decorator
@inline
export function finiteHalves(at: usize, offset: usize, fields: v128, rebase: v128): v128 {
  return f32x4.mul(v128.and(i32x4.shl(v128.load16x4_s(at + offset), 13), fields), rebase);
}

/** Fields of `storedLanes`, to be loaded before a loop. */
// @ts-ignore: decorator
@inline
export function fieldsOf<T>(): v128 {
  return isHalf<T>() ? v128.load(F16_FIELDS) : i32x4.splat(0);
}

// @ts-ignore: decorator
@inline
export function isHalf<T>(): bool {
  return !isFloat<T>() && isSigned<T>();
}

/** 2¹¹², by which `storedLanes` makes f16 too small. */
// @ts-ignore: decorator
@inline
export function halfGrowth(): f32 {
  return reinterpret<f32>(0x77800000);
}

/** As `loadLanes`, but f16, which must be finite, come as 2⁻¹¹² of what they are: exponents are moved and not rebased. */
// @ts-ignore: decorator
@inline
export function storedLanes<T>(at: usize, fields: v128): v128 {
  if (isHalf<T>()) return v128.and(i32x4.shl(v128.load16x4_s(at), 13), fields);
  return loadLanes<T>(at);
}

/** One element of `storedLanes`. */
// @ts-ignore: decorator
@inline
export function storedElement<T>(at: usize): f32 {
  if (isHalf<T>()) return reinterpret<f32>((<i32>load<i16>(at) << 13) & 0x8fffffff);
  return loadElement<T>(at);
}

/** Four f32 → bf16 in the low halves of 32 bits, to nearest even; NaN stays NaN with its quiet bit set. */
// @ts-ignore: decorator
@inline
export function bf16Bits(bits: v128): v128 {
  const even = v128.and(i32x4.shr_u(bits, 16), i32x4.splat(1));
  const rounded = i32x4.shr_u(i32x4.add(i32x4.add(bits, i32x4.splat(0x7fff)), even), 16);
  const nan = v128.or(i32x4.shr_u(bits, 16), i32x4.splat(0x40));
  return v128.bitselect(nan, rounded, f32x4.ne(bits, bits));
}

/** Four f32 → f16 in the low halves of 32 bits, as `encodeF16` of half.ts rounds. */
// @ts-ignore: decorator
@inline
export function f16Bits(bits: v128): v128 {
  const magnitude = v128.and(bits, i32x4.splat(0x7fffffff));
  const sign = v128.and(i32x4.shr_u(bits, 16), i32x4.splat(0x8000));
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  // 0x38000000 rebases the exponent from 127 to 15.
  const normal = i32x4.shr_u(i32x4.add(i32x4.sub(magnitude, i32x4.splat(0x38000000 - 0xfff)), odd), 13);
  // The step of f32 at 0.5 is that of f16 below 2⁻¹⁴: the sum rounds.
  const tiny = i32x4.sub(f32x4.add(magnitude, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
  let half = v128.bitselect(tiny, normal, i32x4.lt_s(magnitude, i32x4.splat(0x38800000)));
  // From 65,520 on, halfway between the largest f16 and the next step.
  half = v128.bitselect(i32x4.splat(0x7c00), half, i32x4.gt_s(magnitude, i32x4.splat(0x477fefff)));
  const nan = v128.or(i32x4.splat(0x7e00), v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(0x3ff)));
  half = v128.bitselect(nan, half, i32x4.gt_s(magnitude, i32x4.splat(0x7f800000)));
  return v128.or(half, sign);
}

/** Stores the low halves of the first n of four lanes. */
// @ts-ignore: decorator
@inline
export function storeHalves(to: usize, halves: v128, n: i32): void {
  const narrow = i16x8.narrow_i32x4_u(halves, halves);
  if (n >= 4) v128.store64_lane(to, narrow, 0);
  else {
    store<u16>(to, <u16>i16x8.extract_lane_u(narrow, 0));
    if (n > 1) store<u16>(to, <u16>i16x8.extract_lane_u(narrow, 1), 2);
    if (n > 2) store<u16>(to, <u16>i16x8.extract_lane_u(narrow, 2), 4);
  }
}

/** Lanes of the last n < 4 elements, the others as given. */
// @ts-ignore: decorator
@inline
export function loadPart(at: usize, n: i32, other: f32): v128 {
  let v = f32x4.replace_lane(f32x4.splat(other), 0, load<f32>(at));
  if (n > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4));
  if (n > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8));
  return v;
}

/** (l0 + l2) + (l1 + l3): the one order in which lanes are added. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  const halves = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}

/** Four such sums at once. */
// @ts-ignore: decorator
@inline
export function sumLanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  );
  const cd = f32x4.add(
    i8x16.shuffle(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(c, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  );
  return f32x4.add(
    i8x16.shuffle(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
    i8x16.shuffle(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31),
  );
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

/** Constants of `expLanes`, one per vector: V8 would rebuild them in every turn of a loop. */
const EXP: usize = memory.data<f32>(
  [
    89, 89, 89, 89, -105, -105, -105, -105, 12582912, 12582912, 12582912, 12582912, 1.44269504088896341,
    1.44269504088896341, 1.44269504088896341, 1.44269504088896341, -0.693359375, -0.693359375, -0.693359375, -0.693359375,
    2.12194440e-4, 2.12194440e-4, 2.12194440e-4, 2.12194440e-4, 1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4,
    1.9875691500e-4, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 8.3334519073e-3, 8.3334519073e-3,
    8.3334519073e-3, 8.3334519073e-3, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 1.6666665459e-1,
    1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1,
    1, 1, 1, 1,
  ],
  16,
);
/** 127 × 4 */
const BIAS: usize = memory.data<i32>([127, 127, 127, 127], 16);

/** `exp4`, written into the loop that calls it. `pmin` and `pmax` are one instruction each, and keep a NaN that comes first. */
// @ts-ignore: decorator
@inline
export function expLanes(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, v128.load(EXP)), v128.load(EXP, 16));
  // Rounded by adding 1.5·2²³, where an ulp is 1, which V8 joins to 256 bits as it does not `nearest`.
  const magic = v128.load(EXP, 32);
  const shifted = f32x4.add(f32x4.mul(x, v128.load(EXP, 48)), magic);
  const n = f32x4.sub(shifted, magic);
  let r = addProduct(n, v128.load(EXP, 64), x);
  r = addProduct(n, v128.load(EXP, 80), r);
  let p = v128.load(EXP, 96);
  p = addProduct(p, r, v128.load(EXP, 112));
  p = addProduct(p, r, v128.load(EXP, 128));
  p = addProduct(p, r, v128.load(EXP, 144));
  p = addProduct(p, r, v128.load(EXP, 160));
  p = addProduct(p, r, v128.load(EXP, 176));
  p = f32x4.add(addProduct(f32x4.mul(p, r), r, r), v128.load(EXP, 192));
  const whole = i32x4.sub(shifted, magic);
  const first = i32x4.shr_s(whole, 1);
  const second = i32x4.sub(whole, first);
  p = f32x4.mul(p, i32x4.shl(i32x4.add(first, v128.load(BIAS)), 23));
  return f32x4.mul(p, i32x4.shl(i32x4.add(second, v128.load(BIAS)), 23));
}

/**
 * e^x within 1 ulp: x = n·ln 2 + r with |r| ≤ ½ ln 2, a degree-6 polynomial for e^r (the Cephes minimax coefficients),
 * and 2^n in two factors so that results may be subnormal or overflow.
 */
export function exp4(value: v128): v128 {
  return expLanes(value);
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
  p = addProduct(p, z, f32x4.splat(2.06390887954e-2));
  p = addProduct(p, z, f32x4.splat(-5.37397155531e-2));
  p = addProduct(p, z, f32x4.splat(1.33314422036e-1));
  p = addProduct(p, z, f32x4.splat(-3.33332819422e-1));
  const small = addProduct(f32x4.mul(p, z), x, x);
  const magnitude = f32x4.abs(x);
  const e = exp4(f32x4.add(magnitude, magnitude));
  const one = f32x4.splat(1);
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(small, v128.or(large, sign), f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** The words at `at` behind four addresses, the first one's in the lowest lane. */
// @ts-ignore: decorator
@inline
export function fourWords(a: usize, b: usize, c: usize, d: usize, at: usize): v128 {
  const low = v128.load_lane<u32>(b + at, v128.load_zero<u32>(a + at), 1);
  return v128.load_lane<u32>(d + at, v128.load_lane<u32>(c + at, low, 2), 3);
}
