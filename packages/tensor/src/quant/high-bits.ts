/** Stores a fifth bit per value: bit i of the 32 at `at` is bit 4 of `levels[i] + offset`. */
export function storeHighBits(bytes: Uint8Array, at: number, levels: ArrayLike<number>, offset: number): void {
  for (let byte = 0; byte < 4; byte++) {
    let packed = 0;
    for (let bit = 0; bit < 8; bit++) packed |= ((levels[8 * byte + bit] + offset) >>> 4) << bit;
    bytes[at + byte] = packed;
  }
}

/** The 32 bits at `at`, bit i for value i. */
export function highBitsAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
