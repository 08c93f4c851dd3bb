/**
 * Conversion between f32 and the two 16-bit floats, by bits.
 * f16 is IEEE 754 binary16 (5 exponent bits, 10 fraction bits); bf16 is the upper half of an f32.
 * Encoding rounds to nearest, ties to even; NaN stays NaN (quiet), overflow becomes infinity.
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** f32 value of 16 bf16 bits. */
export function decodeBf16(half: number): number {
  bits[0] = half << 16;
  return float[0];
}

/** bf16 bits nearest to the f32 value of `value`. */
export function encodeBf16(value: number): number {
  float[0] = value;
  const b = bits[0];
  if ((b & 0x7fffffff) > 0x7f800000) return (b >>> 16) | 0x40;
  return ((b + 0x7fff + ((b >>> 16) & 1)) >>> 16) & 0xffff;
}

/** f32 value of 16 f16 bits. */
export function decodeF16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** f16 bits nearest to the f32 value of `value`. */
export function encodeF16(value: number): number {
  float[0] = value;
  const b = bits[0];
  const sign = (b >>> 16) & 0x8000;
  const magnitude = b & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  // 65,520 is halfway between the largest f16 (65,504) and the next step, and ties to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14 the f16 step is 2^-24, which is also the f32 step at 0.5: let that addition do the rounding.
    float[0] = Math.abs(float[0]) + 0.5;
    return sign | (bits[0] - 0x3f000000);
  }
  // Rebias the exponent from 127 to 15 and round away the low 13 fraction bits.
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

/** 65,536-entry table: f32 value of every 16-bit pattern under `decode`. 256 KiB. */
export function decodeTable(decode: (half: number) => number): Float32Array {
  const table = new Float32Array(65536);
  for (let i = 0; i < 65536; i++) table[i] = decode(i);
  return table;
}
