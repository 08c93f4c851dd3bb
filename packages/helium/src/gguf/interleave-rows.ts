/**
 * Rows of q or k from the half-split order to the interleaved one, head by head: `new[2i + j] = old[j·D/2 + i]`, so that
 * rotating neighbours gives what rotating halves gave before.
 */
export function interleaveRows(bytes: Uint8Array, rows: number, heads: number): Uint8Array {
  const rowBytes = bytes.length / rows;
  const half = rows / heads / 2;
  const ordered = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % (2 * half);
    const from = row - inHead + (inHead % 2) * half + (inHead >> 1);
    ordered.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes);
  }
  return ordered;
}
