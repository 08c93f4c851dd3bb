import { f16Bits, bf16Bits, loadPart, storeHalves } from "./lanes";

// Rows [N, K, D] into the slots of a pool [pages, K, P, D]. Unit = one row (n, k).
// Parameters: 0 out   1 rows   2 slots (i32)   3 K   4 D   5 P   6 slots in all
//             7 bytes of an element that is copied; 16: f32 → bf16, 17: f32 → f16
//             8–10 steps of page, k, place in out   11 bytes of a row   12 of a slot; rows follow one another

/** f32 → 16 bits, four by four. */
// @ts-ignore: decorator
@inline
function roundRow(to: usize, from: usize, D: i32, f16: bool): void {
  for (let d = 0; d < D; d += 4) {
    const n = D - d;
    const at = from + (<usize>d << 2);
    const x = n >= 4 ? v128.load(at) : loadPart(at, n, 0);
    storeHalves(to + (<usize>d << 1), f16 ? f16Bits(x) : bf16Bits(x), n);
  }
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
    if (how === 16) roundRow(to, from, D, false);
    else if (how === 17) roundRow(to, from, D, true);
    else memory.copy(to, from, slotBytes);
  }
}
