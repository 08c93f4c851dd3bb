/** Bytes that hold eight 6-bit scales and eight 6-bit minima, in q4_K and q5_K. */
export const K_SCALE_BYTES = 12;

/**
 * Unpacks scales and minima of 8 sub-blocks. Byte j < 4: low six bits = scale j, high two = bits 4–5 of scale j + 4;
 * byte 4 + j the same for minima; byte 8 + j: low nibbles of scale j + 4 (low) and minimum j + 4 (high).
 */
export function unpackScales(bytes: Uint8Array, at: number, scales: Uint8Array, mins: Uint8Array): void {
  for (let j = 0; j < 4; j++) {
    const s = bytes[at + j];
    const m = bytes[at + 4 + j];
    const low = bytes[at + 8 + j];
    scales[j] = s & 63;
    mins[j] = m & 63;
    scales[j + 4] = (low & 15) | ((s >>> 6) << 4);
    mins[j + 4] = (low >>> 4) | ((m >>> 6) << 4);
  }
}

/** The inverse of `unpackScales`; every number is below 64. */
export function packScales(bytes: Uint8Array, at: number, scales: Uint8Array, mins: Uint8Array): void {
  for (let j = 0; j < 4; j++) {
    bytes[at + j] = scales[j] | ((scales[j + 4] >>> 4) << 6);
    bytes[at + 4 + j] = mins[j] | ((mins[j + 4] >>> 4) << 6);
    bytes[at + 8 + j] = (scales[j + 4] & 15) | ((mins[j + 4] & 15) << 4);
  }
}
