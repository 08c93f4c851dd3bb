import { encodeF16 } from "../dtypes/half.ts";
import { QuantError } from "../errors.ts";

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The f16 at `at`. Shifted into an f32's place its exponent reads 112 too small, so one exact product mends it; this is
 * per block what `decodeF16` is per element, without a power.
 */
export function f16At(bytes: Uint8Array, at: number): number {
  const half = bytes[at] | (bytes[at + 1] << 8);
  if ((half & 0x7c00) === 0x7c00) return half & 0x3ff ? NaN : half & 0x8000 ? -Infinity : Infinity;
  bits[0] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
  return float[0] * 2 ** 112;
}

/**
 * Stores `value` as f16 at `at`.
 *
 * @throws QuantError naming `format` when it is beyond f16
 */
export function storeF16(format: string, bytes: Uint8Array, at: number, value: number): void {
  const half = encodeF16(value);
  if ((half & 0x7c00) === 0x7c00)
    throw new QuantError(
      format,
      `a block needs the scale ${value}, f16 ends at 65504; keep this tensor as f32 or bf16`,
      {
        given: value,
        expected: 65504,
      },
    );
  bytes[at] = half & 0xff;
  bytes[at + 1] = half >>> 8;
}

/** `value` rounded to f16; infinite beyond its range. */
export function roundF16(value: number): number {
  const half = encodeF16(value);
  pair[0] = half & 0xff;
  pair[1] = half >>> 8;
  return f16At(pair, 0);
}

const pair = new Uint8Array(2);

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
