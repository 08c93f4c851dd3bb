// Written by scripts/wasm/dot-tiles.ts. Every sum of products adds k in steps of four lanes, so that all of these
// give one output the same bits.
import { highHalves, loadLanes, lowHalves, madd } from "./lanes";

/** 6 × 2: a is packed [k/4][6][4] and ends at `end`; row n of b starts at b + n·stride. */
export function dot6x2<T>(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {
  let b0 = b;
  let b1 = b + 1 * stride;
  let s00 = v128.load(sums, 0);
  let s01 = v128.load(sums, 16);
  let s10 = v128.load(sums, 32);
  let s11 = v128.load(sums, 48);
  let s20 = v128.load(sums, 64);
  let s21 = v128.load(sums, 80);
  let s30 = v128.load(sums, 96);
  let s31 = v128.load(sums, 112);
  let s40 = v128.load(sums, 128);
  let s41 = v128.load(sums, 144);
  let s50 = v128.load(sums, 160);
  let s51 = v128.load(sums, 176);
  while (a < end) {
    const w0 = loadLanes<T>(b0);
    const w1 = loadLanes<T>(b1);
    b0 += 4 * sizeof<T>();
    b1 += 4 * sizeof<T>();
    const x0 = v128.load(a, 0);
    s00 = madd(x0, w0, s00);
    s01 = madd(x0, w1, s01);
    const x1 = v128.load(a, 16);
    s10 = madd(x1, w0, s10);
    s11 = madd(x1, w1, s11);
    const x2 = v128.load(a, 32);
    s20 = madd(x2, w0, s20);
    s21 = madd(x2, w1, s21);
    const x3 = v128.load(a, 48);
    s30 = madd(x3, w0, s30);
    s31 = madd(x3, w1, s31);
    const x4 = v128.load(a, 64);
    s40 = madd(x4, w0, s40);
    s41 = madd(x4, w1, s41);
    const x5 = v128.load(a, 80);
    s50 = madd(x5, w0, s50);
    s51 = madd(x5, w1, s51);
    a += 96;
  }
  v128.store(sums, s00, 0);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
  v128.store(sums, s40, 128);
  v128.store(sums, s41, 144);
  v128.store(sums, s50, 160);
  v128.store(sums, s51, 176);
}

/** 5 × 2: a is packed [k/4][5][4] and ends at `end`; row n of b starts at b + n·stride. */
export function dot5x2<T>(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {
  let b0 = b;
  let b1 = b + 1 * stride;
  let s00 = v128.load(sums, 0);
  let s01 = v128.load(sums, 16);
  let s10 = v128.load(sums, 32);
  let s11 = v128.load(sums, 48);
  let s20 = v128.load(sums, 64);
  let s21 = v128.load(sums, 80);
  let s30 = v128.load(sums, 96);
  let s31 = v128.load(sums, 112);
  let s40 = v128.load(sums, 128);
  let s41 = v128.load(sums, 144);
  while (a < end) {
    const w0 = loadLanes<T>(b0);
    const w1 = loadLanes<T>(b1);
    b0 += 4 * sizeof<T>();
    b1 += 4 * sizeof<T>();
    const x0 = v128.load(a, 0);
    s00 = madd(x0, w0, s00);
    s01 = madd(x0, w1, s01);
    const x1 = v128.load(a, 16);
    s10 = madd(x1, w0, s10);
    s11 = madd(x1, w1, s11);
    const x2 = v128.load(a, 32);
    s20 = madd(x2, w0, s20);
    s21 = madd(x2, w1, s21);
    const x3 = v128.load(a, 48);
    s30 = madd(x3, w0, s30);
    s31 = madd(x3, w1, s31);
    const x4 = v128.load(a, 64);
    s40 = madd(x4, w0, s40);
    s41 = madd(x4, w1, s41);
    a += 80;
  }
  v128.store(sums, s00, 0);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
  v128.store(sums, s40, 128);
  v128.store(sums, s41, 144);
}

/** 4 × 2: a is packed [k/4][4][4] and ends at `end`; row n of b starts at b + n·stride. */
export function dot4x2<T>(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {
  let b0 = b;
  let b1 = b + 1 * stride;
  let s00 = v128.load(sums, 0);
  let s01 = v128.load(sums, 16);
  let s10 = v128.load(sums, 32);
  let s11 = v128.load(sums, 48);
  let s20 = v128.load(sums, 64);
  let s21 = v128.load(sums, 80);
  let s30 = v128.load(sums, 96);
  let s31 = v128.load(sums, 112);
  while (a < end) {
    const w0 = loadLanes<T>(b0);
    const w1 = loadLanes<T>(b1);
    b0 += 4 * sizeof<T>();
    b1 += 4 * sizeof<T>();
    const x0 = v128.load(a, 0);
    s00 = madd(x0, w0, s00);
    s01 = madd(x0, w1, s01);
    const x1 = v128.load(a, 16);
    s10 = madd(x1, w0, s10);
    s11 = madd(x1, w1, s11);
    const x2 = v128.load(a, 32);
    s20 = madd(x2, w0, s20);
    s21 = madd(x2, w1, s21);
    const x3 = v128.load(a, 48);
    s30 = madd(x3, w0, s30);
    s31 = madd(x3, w1, s31);
    a += 64;
  }
  v128.store(sums, s00, 0);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
}

/** 1 × 2: a is packed [k/4][1][4] and ends at `end`; row n of b starts at b + n·stride. */
export function dot1x2<T>(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {
  let b0 = b;
  let b1 = b + 1 * stride;
  let s00 = v128.load(sums, 0);
  let s01 = v128.load(sums, 16);
  while (a < end) {
    const w0 = loadLanes<T>(b0);
    const w1 = loadLanes<T>(b1);
    b0 += 4 * sizeof<T>();
    b1 += 4 * sizeof<T>();
    const x0 = v128.load(a, 0);
    s00 = madd(x0, w0, s00);
    s01 = madd(x0, w1, s01);
    a += 16;
  }
  v128.store(sums, s00, 0);
  v128.store(sums, s01, 16);
}

/** 1 × 8: a is one row of f32, row n of b starts at b + n·stride. Writes 8 vectors. */
export function row8<T>(a: usize, count: i32, b: usize, stride: usize, sums: usize): void {
  let b0 = b;
  let b1 = b + 1 * stride;
  let b2 = b + 2 * stride;
  let b3 = b + 3 * stride;
  let b4 = b + 4 * stride;
  let b5 = b + 5 * stride;
  let b6 = b + 6 * stride;
  let b7 = b + 7 * stride;
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0);
  let s5 = f32x4.splat(0);
  let s6 = f32x4.splat(0);
  let s7 = f32x4.splat(0);
  for (; count >= 2; count -= 2) {
    const x0 = v128.load(a, 0);
    s0 = madd(x0, loadLanes<T>(b0 + 0 * 4 * sizeof<T>()), s0);
    s1 = madd(x0, loadLanes<T>(b1 + 0 * 4 * sizeof<T>()), s1);
    s2 = madd(x0, loadLanes<T>(b2 + 0 * 4 * sizeof<T>()), s2);
    s3 = madd(x0, loadLanes<T>(b3 + 0 * 4 * sizeof<T>()), s3);
    s4 = madd(x0, loadLanes<T>(b4 + 0 * 4 * sizeof<T>()), s4);
    s5 = madd(x0, loadLanes<T>(b5 + 0 * 4 * sizeof<T>()), s5);
    s6 = madd(x0, loadLanes<T>(b6 + 0 * 4 * sizeof<T>()), s6);
    s7 = madd(x0, loadLanes<T>(b7 + 0 * 4 * sizeof<T>()), s7);
    const x1 = v128.load(a, 16);
    s0 = madd(x1, loadLanes<T>(b0 + 1 * 4 * sizeof<T>()), s0);
    s1 = madd(x1, loadLanes<T>(b1 + 1 * 4 * sizeof<T>()), s1);
    s2 = madd(x1, loadLanes<T>(b2 + 1 * 4 * sizeof<T>()), s2);
    s3 = madd(x1, loadLanes<T>(b3 + 1 * 4 * sizeof<T>()), s3);
    s4 = madd(x1, loadLanes<T>(b4 + 1 * 4 * sizeof<T>()), s4);
    s5 = madd(x1, loadLanes<T>(b5 + 1 * 4 * sizeof<T>()), s5);
    s6 = madd(x1, loadLanes<T>(b6 + 1 * 4 * sizeof<T>()), s6);
    s7 = madd(x1, loadLanes<T>(b7 + 1 * 4 * sizeof<T>()), s7);
    a += 32;
    b0 += 8 * sizeof<T>();
    b1 += 8 * sizeof<T>();
    b2 += 8 * sizeof<T>();
    b3 += 8 * sizeof<T>();
    b4 += 8 * sizeof<T>();
    b5 += 8 * sizeof<T>();
    b6 += 8 * sizeof<T>();
    b7 += 8 * sizeof<T>();
  }
  for (; count > 0; count--) {
    const x0 = v128.load(a, 0);
    s0 = madd(x0, loadLanes<T>(b0 + 0 * 4 * sizeof<T>()), s0);
    s1 = madd(x0, loadLanes<T>(b1 + 0 * 4 * sizeof<T>()), s1);
    s2 = madd(x0, loadLanes<T>(b2 + 0 * 4 * sizeof<T>()), s2);
    s3 = madd(x0, loadLanes<T>(b3 + 0 * 4 * sizeof<T>()), s3);
    s4 = madd(x0, loadLanes<T>(b4 + 0 * 4 * sizeof<T>()), s4);
    s5 = madd(x0, loadLanes<T>(b5 + 0 * 4 * sizeof<T>()), s5);
    s6 = madd(x0, loadLanes<T>(b6 + 0 * 4 * sizeof<T>()), s6);
    s7 = madd(x0, loadLanes<T>(b7 + 0 * 4 * sizeof<T>()), s7);
    a += 16;
    b0 += 4 * sizeof<T>();
    b1 += 4 * sizeof<T>();
    b2 += 4 * sizeof<T>();
    b3 += 4 * sizeof<T>();
    b4 += 4 * sizeof<T>();
    b5 += 4 * sizeof<T>();
    b6 += 4 * sizeof<T>();
    b7 += 4 * sizeof<T>();
  }
  v128.store(sums, s0, 0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

/** As row8 of bf16, two vectors per load. */
export function row8Bf16(a: usize, count: i32, b: usize, stride: usize, sums: usize): void {
  const zero = f32x4.splat(0);
  let b0 = b;
  let b1 = b + 1 * stride;
  let b2 = b + 2 * stride;
  let b3 = b + 3 * stride;
  let b4 = b + 4 * stride;
  let b5 = b + 5 * stride;
  let b6 = b + 6 * stride;
  let b7 = b + 7 * stride;
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  let s4 = zero;
  let s5 = zero;
  let s6 = zero;
  let s7 = zero;
  for (; count >= 2; count -= 2) {
    const x0 = v128.load(a);
    const x1 = v128.load(a, 16);
    const w0 = v128.load(b0);
    s0 = madd(x1, highHalves(w0, zero), madd(x0, lowHalves(w0, zero), s0));
    b0 += 16;
    const w1 = v128.load(b1);
    s1 = madd(x1, highHalves(w1, zero), madd(x0, lowHalves(w1, zero), s1));
    b1 += 16;
    const w2 = v128.load(b2);
    s2 = madd(x1, highHalves(w2, zero), madd(x0, lowHalves(w2, zero), s2));
    b2 += 16;
    const w3 = v128.load(b3);
    s3 = madd(x1, highHalves(w3, zero), madd(x0, lowHalves(w3, zero), s3));
    b3 += 16;
    const w4 = v128.load(b4);
    s4 = madd(x1, highHalves(w4, zero), madd(x0, lowHalves(w4, zero), s4));
    b4 += 16;
    const w5 = v128.load(b5);
    s5 = madd(x1, highHalves(w5, zero), madd(x0, lowHalves(w5, zero), s5));
    b5 += 16;
    const w6 = v128.load(b6);
    s6 = madd(x1, highHalves(w6, zero), madd(x0, lowHalves(w6, zero), s6));
    b6 += 16;
    const w7 = v128.load(b7);
    s7 = madd(x1, highHalves(w7, zero), madd(x0, lowHalves(w7, zero), s7));
    b7 += 16;
    a += 32;
  }
  if (count > 0) {
    const x0 = v128.load(a);
    s0 = madd(x0, loadLanes<u16>(b0), s0);
    s1 = madd(x0, loadLanes<u16>(b1), s1);
    s2 = madd(x0, loadLanes<u16>(b2), s2);
    s3 = madd(x0, loadLanes<u16>(b3), s3);
    s4 = madd(x0, loadLanes<u16>(b4), s4);
    s5 = madd(x0, loadLanes<u16>(b5), s5);
    s6 = madd(x0, loadLanes<u16>(b6), s6);
    s7 = madd(x0, loadLanes<u16>(b7), s7);
  }
  v128.store(sums, s0, 0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

/** 1 × 4: a is one row of f32, row n of b starts at b + n·stride. Writes 4 vectors. */
export function row4<T>(a: usize, count: i32, b: usize, stride: usize, sums: usize): void {
  let b0 = b;
  let b1 = b + 1 * stride;
  let b2 = b + 2 * stride;
  let b3 = b + 3 * stride;
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  for (; count >= 2; count -= 2) {
    const x0 = v128.load(a, 0);
    s0 = madd(x0, loadLanes<T>(b0 + 0 * 4 * sizeof<T>()), s0);
    s1 = madd(x0, loadLanes<T>(b1 + 0 * 4 * sizeof<T>()), s1);
    s2 = madd(x0, loadLanes<T>(b2 + 0 * 4 * sizeof<T>()), s2);
    s3 = madd(x0, loadLanes<T>(b3 + 0 * 4 * sizeof<T>()), s3);
    const x1 = v128.load(a, 16);
    s0 = madd(x1, loadLanes<T>(b0 + 1 * 4 * sizeof<T>()), s0);
    s1 = madd(x1, loadLanes<T>(b1 + 1 * 4 * sizeof<T>()), s1);
    s2 = madd(x1, loadLanes<T>(b2 + 1 * 4 * sizeof<T>()), s2);
    s3 = madd(x1, loadLanes<T>(b3 + 1 * 4 * sizeof<T>()), s3);
    a += 32;
    b0 += 8 * sizeof<T>();
    b1 += 8 * sizeof<T>();
    b2 += 8 * sizeof<T>();
    b3 += 8 * sizeof<T>();
  }
  for (; count > 0; count--) {
    const x0 = v128.load(a, 0);
    s0 = madd(x0, loadLanes<T>(b0 + 0 * 4 * sizeof<T>()), s0);
    s1 = madd(x0, loadLanes<T>(b1 + 0 * 4 * sizeof<T>()), s1);
    s2 = madd(x0, loadLanes<T>(b2 + 0 * 4 * sizeof<T>()), s2);
    s3 = madd(x0, loadLanes<T>(b3 + 0 * 4 * sizeof<T>()), s3);
    a += 16;
    b0 += 4 * sizeof<T>();
    b1 += 4 * sizeof<T>();
    b2 += 4 * sizeof<T>();
    b3 += 4 * sizeof<T>();
  }
  v128.store(sums, s0, 0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/** 1 × 1: a is one row of f32, row n of b starts at b + n·stride. Writes 1 vectors. */
export function row1<T>(a: usize, count: i32, b: usize, stride: usize, sums: usize): void {
  let b0 = b;
  let s0 = f32x4.splat(0);
  for (; count >= 4; count -= 4) {
    const x0 = v128.load(a, 0);
    s0 = madd(x0, loadLanes<T>(b0 + 0 * 4 * sizeof<T>()), s0);
    const x1 = v128.load(a, 16);
    s0 = madd(x1, loadLanes<T>(b0 + 1 * 4 * sizeof<T>()), s0);
    const x2 = v128.load(a, 32);
    s0 = madd(x2, loadLanes<T>(b0 + 2 * 4 * sizeof<T>()), s0);
    const x3 = v128.load(a, 48);
    s0 = madd(x3, loadLanes<T>(b0 + 3 * 4 * sizeof<T>()), s0);
    a += 64;
    b0 += 16 * sizeof<T>();
  }
  for (; count > 0; count--) {
    const x0 = v128.load(a, 0);
    s0 = madd(x0, loadLanes<T>(b0 + 0 * 4 * sizeof<T>()), s0);
    a += 16;
    b0 += 4 * sizeof<T>();
  }
  v128.store(sums, s0, 0);
}

/** 6 × 2: out[m] += Σₛ p[m][s]·v[s] for 8 elements; strides in bytes. */
export function mix6x2<T>(p: usize, pStride: usize, end: usize, v: usize, stride: usize, out: usize, outStride: usize): void {
  const out0 = out;
  const out1 = out + 1 * outStride;
  const out2 = out + 2 * outStride;
  const out3 = out + 3 * outStride;
  const out4 = out + 4 * outStride;
  const out5 = out + 5 * outStride;
  let p0 = p;
  let p1 = p + 1 * pStride;
  let p2 = p + 2 * pStride;
  let p3 = p + 3 * pStride;
  let p4 = p + 4 * pStride;
  let p5 = p + 5 * pStride;
  let s0_0 = v128.load(out0, 0);
  let s0_1 = v128.load(out0, 16);
  let s1_0 = v128.load(out1, 0);
  let s1_1 = v128.load(out1, 16);
  let s2_0 = v128.load(out2, 0);
  let s2_1 = v128.load(out2, 16);
  let s3_0 = v128.load(out3, 0);
  let s3_1 = v128.load(out3, 16);
  let s4_0 = v128.load(out4, 0);
  let s4_1 = v128.load(out4, 16);
  let s5_0 = v128.load(out5, 0);
  let s5_1 = v128.load(out5, 16);
  while (p0 < end) {
    const v0 = loadLanes<T>(v + 0 * 4 * sizeof<T>());
    const v1 = loadLanes<T>(v + 1 * 4 * sizeof<T>());
    const x0 = v128.load32_splat(p0);
    s0_0 = madd(x0, v0, s0_0);
    s0_1 = madd(x0, v1, s0_1);
    p0 += 4;
    const x1 = v128.load32_splat(p1);
    s1_0 = madd(x1, v0, s1_0);
    s1_1 = madd(x1, v1, s1_1);
    p1 += 4;
    const x2 = v128.load32_splat(p2);
    s2_0 = madd(x2, v0, s2_0);
    s2_1 = madd(x2, v1, s2_1);
    p2 += 4;
    const x3 = v128.load32_splat(p3);
    s3_0 = madd(x3, v0, s3_0);
    s3_1 = madd(x3, v1, s3_1);
    p3 += 4;
    const x4 = v128.load32_splat(p4);
    s4_0 = madd(x4, v0, s4_0);
    s4_1 = madd(x4, v1, s4_1);
    p4 += 4;
    const x5 = v128.load32_splat(p5);
    s5_0 = madd(x5, v0, s5_0);
    s5_1 = madd(x5, v1, s5_1);
    p5 += 4;
    v += stride;
  }
  v128.store(out0, s0_0, 0);
  v128.store(out0, s0_1, 16);
  v128.store(out1, s1_0, 0);
  v128.store(out1, s1_1, 16);
  v128.store(out2, s2_0, 0);
  v128.store(out2, s2_1, 16);
  v128.store(out3, s3_0, 0);
  v128.store(out3, s3_1, 16);
  v128.store(out4, s4_0, 0);
  v128.store(out4, s4_1, 16);
  v128.store(out5, s5_0, 0);
  v128.store(out5, s5_1, 16);
}

/** 4 × 2: out[m] += Σₛ p[m][s]·v[s] for 8 elements; strides in bytes. */
export function mix4x2<T>(p: usize, pStride: usize, end: usize, v: usize, stride: usize, out: usize, outStride: usize): void {
  const out0 = out;
  const out1 = out + 1 * outStride;
  const out2 = out + 2 * outStride;
  const out3 = out + 3 * outStride;
  let p0 = p;
  let p1 = p + 1 * pStride;
  let p2 = p + 2 * pStride;
  let p3 = p + 3 * pStride;
  let s0_0 = v128.load(out0, 0);
  let s0_1 = v128.load(out0, 16);
  let s1_0 = v128.load(out1, 0);
  let s1_1 = v128.load(out1, 16);
  let s2_0 = v128.load(out2, 0);
  let s2_1 = v128.load(out2, 16);
  let s3_0 = v128.load(out3, 0);
  let s3_1 = v128.load(out3, 16);
  while (p0 < end) {
    const v0 = loadLanes<T>(v + 0 * 4 * sizeof<T>());
    const v1 = loadLanes<T>(v + 1 * 4 * sizeof<T>());
    const x0 = v128.load32_splat(p0);
    s0_0 = madd(x0, v0, s0_0);
    s0_1 = madd(x0, v1, s0_1);
    p0 += 4;
    const x1 = v128.load32_splat(p1);
    s1_0 = madd(x1, v0, s1_0);
    s1_1 = madd(x1, v1, s1_1);
    p1 += 4;
    const x2 = v128.load32_splat(p2);
    s2_0 = madd(x2, v0, s2_0);
    s2_1 = madd(x2, v1, s2_1);
    p2 += 4;
    const x3 = v128.load32_splat(p3);
    s3_0 = madd(x3, v0, s3_0);
    s3_1 = madd(x3, v1, s3_1);
    p3 += 4;
    v += stride;
  }
  v128.store(out0, s0_0, 0);
  v128.store(out0, s0_1, 16);
  v128.store(out1, s1_0, 0);
  v128.store(out1, s1_1, 16);
  v128.store(out2, s2_0, 0);
  v128.store(out2, s2_1, 16);
  v128.store(out3, s3_0, 0);
  v128.store(out3, s3_1, 16);
}

/** 1 × 8: out[m] += Σₛ p[m][s]·v[s] for 32 elements; strides in bytes. */
export function mix1x8<T>(p: usize, pStride: usize, end: usize, v: usize, stride: usize, out: usize, outStride: usize): void {
  const out0 = out;
  let p0 = p;
  let s0_0 = v128.load(out0, 0);
  let s0_1 = v128.load(out0, 16);
  let s0_2 = v128.load(out0, 32);
  let s0_3 = v128.load(out0, 48);
  let s0_4 = v128.load(out0, 64);
  let s0_5 = v128.load(out0, 80);
  let s0_6 = v128.load(out0, 96);
  let s0_7 = v128.load(out0, 112);
  while (p0 < end) {
    const v0 = loadLanes<T>(v + 0 * 4 * sizeof<T>());
    const v1 = loadLanes<T>(v + 1 * 4 * sizeof<T>());
    const v2 = loadLanes<T>(v + 2 * 4 * sizeof<T>());
    const v3 = loadLanes<T>(v + 3 * 4 * sizeof<T>());
    const v4 = loadLanes<T>(v + 4 * 4 * sizeof<T>());
    const v5 = loadLanes<T>(v + 5 * 4 * sizeof<T>());
    const v6 = loadLanes<T>(v + 6 * 4 * sizeof<T>());
    const v7 = loadLanes<T>(v + 7 * 4 * sizeof<T>());
    const x0 = v128.load32_splat(p0);
    s0_0 = madd(x0, v0, s0_0);
    s0_1 = madd(x0, v1, s0_1);
    s0_2 = madd(x0, v2, s0_2);
    s0_3 = madd(x0, v3, s0_3);
    s0_4 = madd(x0, v4, s0_4);
    s0_5 = madd(x0, v5, s0_5);
    s0_6 = madd(x0, v6, s0_6);
    s0_7 = madd(x0, v7, s0_7);
    p0 += 4;
    v += stride;
  }
  v128.store(out0, s0_0, 0);
  v128.store(out0, s0_1, 16);
  v128.store(out0, s0_2, 32);
  v128.store(out0, s0_3, 48);
  v128.store(out0, s0_4, 64);
  v128.store(out0, s0_5, 80);
  v128.store(out0, s0_6, 96);
  v128.store(out0, s0_7, 112);
}

/** 1 × 1: out[m] += Σₛ p[m][s]·v[s] for 4 elements; strides in bytes. */
export function mix1x1<T>(p: usize, pStride: usize, end: usize, v: usize, stride: usize, out: usize, outStride: usize): void {
  const out0 = out;
  let p0 = p;
  let s0_0 = v128.load(out0, 0);
  while (p0 < end) {
    const v0 = loadLanes<T>(v + 0 * 4 * sizeof<T>());
    const x0 = v128.load32_splat(p0);
    s0_0 = madd(x0, v0, s0_0);
    p0 += 4;
    v += stride;
  }
  v128.store(out0, s0_0, 0);
}
