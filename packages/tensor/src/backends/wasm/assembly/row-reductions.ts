import { exp4, loadPart, maxLanes, storePart, sumLanes } from "./lanes";

// Kernels over the last axis of contiguous f32 rows. Unit = one row.
// Parameters: 0 out   1 x   2 weight   3 bias   4 C   5 eps (f32)   6 added to the weight (f32)   7 op

/** Σ (x − centre)^power over a row; power 1 or 2. */
// @ts-ignore: decorator
@inline
function sumRow(x: usize, C: i32, centre: f32, square: bool): f32 {
  const middle = f32x4.splat(centre);
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let i = 0;
  for (; i + 16 <= C; i += 16) {
    const v0 = f32x4.sub(v128.load(x), middle);
    const v1 = f32x4.sub(v128.load(x, 16), middle);
    const v2 = f32x4.sub(v128.load(x, 32), middle);
    const v3 = f32x4.sub(v128.load(x, 48), middle);
    a = f32x4.add(a, square ? f32x4.mul(v0, v0) : v0);
    b = f32x4.add(b, square ? f32x4.mul(v1, v1) : v1);
    c = f32x4.add(c, square ? f32x4.mul(v2, v2) : v2);
    d = f32x4.add(d, square ? f32x4.mul(v3, v3) : v3);
    x += 64;
  }
  for (; i + 4 <= C; i += 4) {
    const v = f32x4.sub(v128.load(x), middle);
    a = f32x4.add(a, square ? f32x4.mul(v, v) : v);
    x += 16;
  }
  if (i < C) {
    const v = f32x4.sub(loadPart(x, C - i, centre), middle);
    a = f32x4.add(a, square ? f32x4.mul(v, v) : v);
  }
  return sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** 1 / √(mean square + eps) of a row. */
export function rmsScale(x: usize, C: i32, eps: f32): f32 {
  return 1 / Mathf.sqrt(sumRow(x, C, 0, true) / <f32>C + eps);
}

/** Largest element, NaN if any is. */
// @ts-ignore: decorator
@inline
export function maxRow(x: usize, C: i32): f32 {
  let top = f32x4.splat(-Infinity);
  let i = 0;
  // A maximum that keeps NaN is half a dozen instructions one behind the other: four go on beside each other.
  if (C >= 16) {
    let b = top;
    let c = top;
    let d = top;
    for (; i + 16 <= C; i += 16) {
      const at = x + (<usize>i << 2);
      top = f32x4.max(top, v128.load(at));
      b = f32x4.max(b, v128.load(at, 16));
      c = f32x4.max(c, v128.load(at, 32));
      d = f32x4.max(d, v128.load(at, 48));
    }
    top = f32x4.max(f32x4.max(top, b), f32x4.max(c, d));
  }
  for (; i + 4 <= C; i += 4) top = f32x4.max(top, v128.load(x + (<usize>i << 2)));
  if (i < C) top = f32x4.max(top, loadPart(x + (<usize>i << 2), C - i, -Infinity));
  return maxLanes(top);
}

/** Position of the first element that equals the maximum of a row, of the first NaN where that is NaN. */
export function firstOf(x: usize, C: i32, top: f32): i32 {
  let i = 0;
  if (top === top) {
    const wanted = f32x4.splat(top);
    for (; i + 8 <= C; i += 8) {
      const at = x + (<usize>i << 2);
      if (v128.any_true(v128.or(f32x4.eq(v128.load(at), wanted), f32x4.eq(v128.load(at, 16), wanted)))) break;
    }
    while (load<f32>(x + (<usize>i << 2)) !== top) i++;
  } else while (load<f32>(x + (<usize>i << 2)) === load<f32>(x + (<usize>i << 2))) i++;
  return i;
}

export function rmsNorm(p: usize, begin: i32, end: i32, scratch: usize): void {
  const weight = load<usize>(p, 8);
  const C = load<i32>(p, 16);
  const offset = f32x4.splat(load<f32>(p, 24));
  for (let row = begin; row < end; row++) {
    const skip = (<usize>row * C) << 2;
    const x = load<usize>(p, 4) + skip;
    const out = load<usize>(p, 0) + skip;
    const scale = f32x4.splat(rmsScale(x, C, load<f32>(p, 20)));
    for (let i = 0; i < C; i += 4) {
      const at = <usize>i << 2;
      const n = f32x4.mul(v128.load(x + at), scale);
      const v = f32x4.mul(n, f32x4.add(v128.load(weight + at), offset));
      if (C - i >= 4) v128.store(out + at, v);
      else storePart(out + at, v, C - i);
    }
  }
}

export function layerNorm(p: usize, begin: i32, end: i32, scratch: usize): void {
  const weight = load<usize>(p, 8);
  const bias = load<usize>(p, 12);
  const C = load<i32>(p, 16);
  for (let row = begin; row < end; row++) {
    const skip = (<usize>row * C) << 2;
    const x = load<usize>(p, 4) + skip;
    const out = load<usize>(p, 0) + skip;
    const mean = sumRow(x, C, 0, false) / <f32>C;
    const scale = f32x4.splat(1 / Mathf.sqrt(sumRow(x, C, mean, true) / <f32>C + load<f32>(p, 20)));
    const middle = f32x4.splat(mean);
    for (let i = 0; i < C; i += 4) {
      const at = <usize>i << 2;
      const n = f32x4.mul(f32x4.sub(v128.load(x + at), middle), scale);
      // Without a bias 0 is added, which makes −0 the 0 of the formula.
      const shift = bias ? v128.load(bias + at) : f32x4.splat(0);
      const v = f32x4.add(f32x4.mul(n, v128.load(weight + at)), shift);
      if (C - i >= 4) v128.store(out + at, v);
      else storePart(out + at, v, C - i);
    }
  }
}

export function softmax(p: usize, begin: i32, end: i32, scratch: usize): void {
  const C = load<i32>(p, 16);
  for (let row = begin; row < end; row++) {
    const skip = (<usize>row * C) << 2;
    const x = load<usize>(p, 4) + skip;
    const out = load<usize>(p, 0) + skip;
    const top = f32x4.splat(maxRow(x, C));
    let total = f32x4.splat(0);
    for (let i = 0; i < C; i += 4) {
      const at = <usize>i << 2;
      const n = C - i;
      const v = exp4(f32x4.sub(n >= 4 ? v128.load(x + at) : loadPart(x + at, n, -Infinity), top));
      total = f32x4.add(total, v);
      if (n >= 4) v128.store(out + at, v);
      else storePart(out + at, v, n);
    }
    const scale = f32x4.splat(1 / sumLanes(total));
    for (let i = 0; i < C; i += 4) {
      const at = out + (<usize>i << 2);
      const v = f32x4.mul(v128.load(at), scale);
      if (C - i >= 4) v128.store(at, v);
      else storePart(at, v, C - i);
    }
  }
}

/** Codes of `reduceCodes` in ../kernels/rows.ts: 0 sum, 1 max, 2 argmax (first maximum, NaN counts as the largest). */
export function reduce(p: usize, begin: i32, end: i32, scratch: usize): void {
  const C = load<i32>(p, 16);
  const op = load<i32>(p, 28);
  for (let row = begin; row < end; row++) {
    const x = load<usize>(p, 4) + ((<usize>row * C) << 2);
    const out = load<usize>(p, 0) + (<usize>row << 2);
    if (op === 0) store<f32>(out, sumRow(x, C, 0, false));
    else {
      const top = maxRow(x, C);
      if (op === 1) store<f32>(out, top);
      else store<i32>(out, firstOf(x, C, top));
    }
  }
}
