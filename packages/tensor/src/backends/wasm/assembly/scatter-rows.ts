import { f16Bits, bf16Bits, loadPart, storeHalves } from "./lanes";

// Rows [N, K, D] into the slots of a pool [pages, K, P, D]. Unit = one row (n, k).
// Parameters: 0 out   1 rows   2 slots (i32)   3 K   4 D   5 P   6 slots in all
//             7 bytes of an element that is copied; 16: f32 → bf16, 17: f32 → f16
//             8–10 steps of page, k, place in out   11 bytes of a row   12 of a slot; rows follow one another
//             13 a word that becomes 1 where a half is infinite or NaN; 0: none

/** f32 → bf16, four by four. */
// @ts-ignore: decorator
@inline
function roundRow(to: usize, from: usize, D: i32): void {
  for (let d = 0; d < D; d += 4) {
    const n = D - d;
    const at = from + (<usize>d << 2);
    storeHalves(to + (<usize>d << 1), bf16Bits(n >= 4 ? v128.load(at) : loadPart(at, n, 0)), n);
  }
}

/** f32 → f16, four by four; whether all of them are finite. */
// @ts-ignore: decorator
@inline
function roundHalves(to: usize, from: usize, D: i32): bool {
  let top = i32x4.splat(0);
  for (let d = 0; d < D; d += 4) {
    const n = D - d;
    const at = from + (<usize>d << 2);
    const half = f16Bits(n >= 4 ? v128.load(at) : loadPart(at, n, 0));
    top = i32x4.max_s(top, v128.and(half, i32x4.splat(0x7fff)));
    storeHalves(to + (<usize>d << 1), half, n);
  }
  return i32x4.all_true(i32x4.lt_s(top, i32x4.splat(0x7c00)));
}

/** Copies n halves; whether all of them are finite. */
// @ts-ignore: decorator
@inline
function copyHalves(to: usize, from: usize, n: i32): bool {
  let top = 0;
  for (let i = 0; i < n; i++) top = max(top, <i32>load<u16>(from + (<usize>i << 1)) & 0x7fff);
  memory.copy(to, from, <usize>n << 1);
  return top < 0x7c00;
}

export function scatterRows(p: usize, begin: i32, end: i32, scratch: usize): void {
  const slots = load<usize>(p, 8);
  const K = load<i32>(p, 12);
  const D = load<i32>(p, 16);
  const P = load<u32>(p, 20);
  const all = load<u32>(p, 24);
  const how = load<i32>(p, 28);
  const rowBytes = load<usize>(p, 44);
  const slotBytes = load<usize>(p, 48);
  const mark = load<usize>(p, 52);
  for (let row = begin; row < end; row++) {
    const n = row / K;
    const k = row % K;
    const slot = load<u32>(slots + (<usize>n << 2));
    // As a whole number without sign a negative one lies behind the pool too.
    if (slot >= all) continue;
    const from = load<usize>(p, 4) + <usize>row * rowBytes;
    const to =
      load<usize>(p, 0) +
      <usize>(slot / P) * load<usize>(p, 32) +
      <usize>k * load<usize>(p, 36) +
      <usize>(slot % P) * load<usize>(p, 40);
    let finite = true;
    if (how === 16) roundRow(to, from, D);
    else if (how === 17) finite = roundHalves(to, from, D);
    else if (mark !== 0) finite = copyHalves(to, from, D);
    else memory.copy(to, from, slotBytes);
    if (!finite && mark !== 0) store<i32>(mark, 1);
  }
}
