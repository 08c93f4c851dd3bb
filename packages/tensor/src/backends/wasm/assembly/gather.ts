import { loadElement, loadLanes } from "./lanes";

/**
 * The row number at `at`, or −1 for one outside [0, rows), which is noted in the status word: a kernel cannot throw. The same
 * word is stored by all threads that find one.
 */
// @ts-ignore: decorator
@inline
export function checkedRow(at: usize, rows: u32, status: usize): i32 {
  const row = load<u32>(at);
  // As a whole number without sign a negative one lies behind the table too.
  if (row < rows) return <i32>row;
  store<i32>(status, 1);
  return -1;
}

// @ts-ignore: decorator
@inline
function widenRow<T>(to: usize, from: usize, size: i32): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) v128.store(to + (<usize>i << 2), loadLanes<T>(from + (<usize>i << 1)));
  for (; i < size; i++) store<f32>(to + (<usize>i << 2), loadElement<T>(from + (<usize>i << 1)));
}

/**
 * Rows of a dense table, as they are stored or widened to f32; 0 for a row number outside it.
 *
 * Parameters: 0 table   1 out   2 bytes from row to row of the table   3 elements of a row   4 row numbers (i32)   5 rows
 * 6 bytes of an element that is copied; 16: bf16 → f32, 17: f16 → f32   7 status. Unit = one row number.
 */
export function gather(p: usize, begin: i32, end: i32, scratch: usize): void {
  const size = load<i32>(p, 12);
  const how = load<i32>(p, 24);
  const bytes = <usize>size * (how < 16 ? <usize>how : <usize>4);
  for (let i = begin; i < end; i++) {
    const row = checkedRow(load<usize>(p, 16) + (<usize>i << 2), load<u32>(p, 20), load<usize>(p, 28));
    const to = load<usize>(p, 4) + <usize>i * bytes;
    const from = load<usize>(p) + <usize>row * load<usize>(p, 8);
    if (row < 0) memory.fill(to, 0, bytes);
    else if (how === 16) widenRow<u16>(to, from, size);
    else if (how === 17) widenRow<i16>(to, from, size);
    else memory.copy(to, from, bytes);
  }
}
