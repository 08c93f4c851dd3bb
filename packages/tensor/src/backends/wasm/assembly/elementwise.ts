import { bf16Bits, exp4, loadLanes, storePart, tanh4, storeHalves } from "./lanes";

// Element-wise kernels over contiguous f32. Unit = 4096 elements; the last may be short.
// Parameters: 0 out   1 a   2 b   3 length   4 op   5 length of b, which repeats (binary); 6 scalar

const UNIT: i32 = 4096;

// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

/** √(2/π)·(x + 0.044715·x³) */
// @ts-ignore: decorator
@inline
function geluInner(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), x);
  return f32x4.mul(
    f32x4.splat(0.7978845608028654),
    f32x4.add(x, f32x4.mul(f32x4.splat(0.044715), cube)),
  );
}

/** Codes of `unaryCodes` in ../kernels/elementwise.ts. */
function unary4(op: i32, x: v128): v128 {
  if (op === 0) return f32x4.neg(x);
  if (op === 1) return f32x4.abs(x);
  if (op === 2) return f32x4.sqrt(x);
  if (op === 3) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (op === 4) return exp4(x);
  return tanh4(x);
}

export function unary(p: usize, begin: i32, end: i32, scratch: usize): void {
  const out = load<usize>(p, 0);
  const a = load<usize>(p, 4);
  const length = load<i32>(p, 12);
  const op = load<i32>(p, 16);
  const stop = min(length, end * UNIT);
  for (let i = begin * UNIT; i < stop; i += 4) {
    const at = <usize>i << 2;
    const v = unary4(op, v128.load(a + at));
    if (stop - i >= 4) v128.store(out + at, v);
    else storePart(out + at, v, stop - i);
  }
}

/** Codes of `binaryCodes` in ../kernels/elementwise.ts. */
// @ts-ignore: decorator
@inline
function binary4(op: i32, a: v128, b: v128): v128 {
  if (op === 0) return f32x4.add(a, b);
  if (op === 1) return f32x4.sub(a, b);
  if (op === 2) return f32x4.mul(a, b);
  if (op === 3) return f32x4.div(a, b);
  if (op === 4) return f32x4.max(a, b);
  return f32x4.min(a, b);
}

/** b has as many elements as a (unit = 4096 elements). */
export function binary(p: usize, begin: i32, end: i32, scratch: usize): void {
  const out = load<usize>(p, 0);
  const a = load<usize>(p, 4);
  const b = load<usize>(p, 8);
  const length = load<i32>(p, 12);
  const op = load<i32>(p, 16);
  const stop = min(length, end * UNIT);
  for (let i = begin * UNIT; i < stop; i += 4) {
    const at = <usize>i << 2;
    const v = binary4(op, v128.load(a + at), v128.load(b + at));
    if (stop - i >= 4) v128.store(out + at, v);
    else storePart(out + at, v, stop - i);
  }
}

/** b is one element (unit = 4096 elements of a). */
export function binaryScalar(p: usize, begin: i32, end: i32, scratch: usize): void {
  const out = load<usize>(p, 0);
  const a = load<usize>(p, 4);
  const b = v128.load32_splat(load<usize>(p, 8));
  const length = load<i32>(p, 12);
  const op = load<i32>(p, 16);
  const stop = min(length, end * UNIT);
  for (let i = begin * UNIT; i < stop; i += 4) {
    const at = <usize>i << 2;
    const v = binary4(op, v128.load(a + at), b);
    if (stop - i >= 4) v128.store(out + at, v);
    else storePart(out + at, v, stop - i);
  }
}

/** Codes of `activationCodes` in ../kernels/elementwise.ts. */
// @ts-ignore: decorator
@inline
export function activation4(op: i32, x: v128): v128 {
  if (op === 0) return f32x4.mul(x, sigmoid(x));
  if (op === 1) return f32x4.mul(x, sigmoid(f32x4.mul(f32x4.splat(2), geluInner(x))));
  if (op === 2) return f32x4.max(x, f32x4.splat(0));
  if (op === 3) {
    const positive = f32x4.max(x, f32x4.splat(0));
    return f32x4.mul(positive, positive);
  }
  if (op === 4) return f32x4.mul(x, sigmoid(f32x4.mul(f32x4.splat(1.702), x)));
  if (op === 5) return sigmoid(x);
  return tanh4(x);
}

/** out = activation(a)·b */
export function gatedActivation(p: usize, begin: i32, end: i32, scratch: usize): void {
  const out = load<usize>(p, 0);
  const a = load<usize>(p, 4);
  const b = load<usize>(p, 8);
  const length = load<i32>(p, 12);
  const op = load<i32>(p, 16);
  const stop = min(length, end * UNIT);
  for (let i = begin * UNIT; i < stop; i += 4) {
    const at = <usize>i << 2;
    const v = f32x4.mul(activation4(op, v128.load(a + at)), v128.load(b + at));
    if (stop - i >= 4) v128.store(out + at, v);
    else storePart(out + at, v, stop - i);
  }
}

// @ts-ignore: decorator
@inline
function widen<T>(p: usize, begin: i32, end: i32): void {
  const out = load<usize>(p, 0);
  const a = load<usize>(p, 4);
  const length = load<i32>(p, 12);
  const stop = min(length, end * UNIT);
  for (let i = begin * UNIT; i < stop; i += 4) {
    const v = loadLanes<T>(a + <usize>i * sizeof<T>());
    const to = out + (<usize>i << 2);
    if (stop - i >= 4) v128.store(to, v);
    else storePart(to, v, stop - i);
  }
}

export function widenBf16(p: usize, begin: i32, end: i32, scratch: usize): void {
  widen<u16>(p, begin, end);
}
export function widenF16(p: usize, begin: i32, end: i32, scratch: usize): void {
  widen<i16>(p, begin, end);
}

/** f32 → bf16, to nearest even; NaN stays NaN with its quiet bit set. */
export function narrowBf16(p: usize, begin: i32, end: i32, scratch: usize): void {
  const out = load<usize>(p, 0);
  const a = load<usize>(p, 4);
  const length = load<i32>(p, 12);
  const stop = min(length, end * UNIT);
  for (let i = begin * UNIT; i < stop; i += 4) {
    const n = stop - i;
    storeHalves(out + (<usize>i << 1), bf16Bits(v128.load(a + (<usize>i << 2))), n);
  }
}
