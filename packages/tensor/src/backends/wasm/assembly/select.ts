import { checkedRow } from "./gather";

// Kernels that take a few elements of each row. Unit = one row; rows follow one another.

/** Whether element i comes behind element j in falling order: NaN is the largest, of equals the first comes first. */
function isBehind(x: usize, i: i32, j: i32): bool {
  const a = load<f32>(x + (<usize>i << 2));
  const b = load<f32>(x + (<usize>j << 2));
  const later = i > j;
  if (a !== a) return b !== b && later;
  if (b !== b) return true;
  return a < b || (a === b && later);
}

/** Moves the position at `place` down a heap of n positions whose root is the hindmost. */
function sink(heap: usize, n: i32, x: usize, place: i32): void {
  const moved = load<i32>(heap + (<usize>place << 2));
  for (;;) {
    let child = 2 * place + 1;
    if (child >= n) break;
    let at = load<i32>(heap + (<usize>child << 2));
    if (child + 1 < n) {
      const other = load<i32>(heap + (<usize>child << 2), 4);
      if (isBehind(x, other, at)) {
        at = other;
        child++;
      }
    }
    if (!isBehind(x, at, moved)) break;
    store<i32>(heap + (<usize>place << 2), at);
    place = child;
  }
  store<i32>(heap + (<usize>place << 2), moved);
}

/**
 * Positions of the k largest f32 of each row: the best so far are a heap where the result will be, which its hindmost
 * leaves for what is larger.
 *
 * Parameters: 0 out   1 x   2 k   4 C
 */
export function topk(p: usize, begin: i32, end: i32, scratch: usize): void {
  const k = load<i32>(p, 8);
  const C = load<i32>(p, 16);
  if (k <= 0 || k > C) return;
  for (let row = begin; row < end; row++) {
    const x = load<usize>(p, 4) + ((<usize>row * C) << 2);
    const heap = load<usize>(p, 0) + ((<usize>row * k) << 2);
    for (let i = 0; i < k; i++) store<i32>(heap + (<usize>i << 2), i);
    for (let i = (k >> 1) - 1; i >= 0; i--) sink(heap, k, x, i);
    enter(heap, k, x, C);
    for (let n = k - 1; n > 0; n--) {
      const last = load<i32>(heap + (<usize>n << 2));
      store<i32>(heap + (<usize>n << 2), load<i32>(heap));
      store<i32>(heap, last);
      sink(heap, n, x, 0);
    }
  }
}

/** Lets the elements from k on into the heap; one that equals the hindmost comes later, and stays out. */
function enter(heap: usize, k: i32, x: usize, C: i32): void {
  let least = load<f32>(x + (<usize>load<i32>(heap) << 2));
  let i = k;
  // Of NaNs, too, the first stay.
  while (i < C && least === least) {
    const bound = f32x4.splat(least);
    while (i + 4 <= C && i32x4.all_true(f32x4.le(v128.load(x + (<usize>i << 2)), bound))) i += 4;
    const stop = min(i + 4, C);
    for (; i < stop; i++) {
      if (load<f32>(x + (<usize>i << 2)) <= least) continue;
      store<i32>(heap, i);
      sink(heap, k, x, 0);
      least = load<f32>(x + (<usize>load<i32>(heap) << 2));
      if (least !== least) return;
    }
  }
}

/**
 * Elements of each row by their positions; 0 for one outside the row.
 *
 * Parameters: 0 out   1 x   2 positions (i32)   3 elements of a row   4 positions of a row   5 bytes of an element
 * 6 status
 */
export function takeFromRows(p: usize, begin: i32, end: i32, scratch: usize): void {
  const R = load<u32>(p, 12);
  const S = load<i32>(p, 16);
  const bytes = load<usize>(p, 20);
  for (let row = begin; row < end; row++) {
    const x = load<usize>(p, 4) + <usize>row * R * bytes;
    for (let s = 0; s < S; s++) {
      const place = <usize>row * S + s;
      const at = checkedRow(load<usize>(p, 8) + (place << 2), R, load<usize>(p, 24));
      const to = load<usize>(p, 0) + place * bytes;
      if (at < 0) memory.fill(to, 0, bytes);
      else memory.copy(to, x + <usize>at * bytes, bytes);
    }
  }
}
