/**
 * How 16-bit floats lie on a device that stores f32 only: three 16-bit patterns in two floats. The first float holds
 * pattern 0 and the low byte of pattern 1, the second pattern 2 and the high byte of pattern 1. Each is a whole number
 * below 2^24, so every pattern survives, whatever it would be as a float.
 */
export function packHalves(halves: Uint16Array): Float32Array {
  const packed = new Float32Array(packedLength(halves.length));
  for (let i = 0, at = 0; i < halves.length; i += 3, at += 2) {
    const middle = halves[i + 1] ?? 0;
    packed[at] = (halves[i] ?? 0) + (middle & 0xff) * 0x10000;
    packed[at + 1] = (halves[i + 2] ?? 0) + (middle >>> 8) * 0x10000;
  }
  return packed;
}

/** Floats that hold `length` packed halves. */
export function packedLength(length: number): number {
  return 2 * Math.ceil(length / 3);
}

export function unpackHalves(packed: Float32Array, length: number): Uint16Array {
  const halves = new Uint16Array(length);
  for (let i = 0, at = 0; i < length; i += 3, at += 2) {
    const first = packed[at] ?? 0;
    const second = packed[at + 1] ?? 0;
    halves[i] = first & 0xffff;
    if (i + 1 < length) halves[i + 1] = (first >>> 16) | ((second >>> 16) << 8);
    if (i + 2 < length) halves[i + 2] = second & 0xffff;
  }
  return halves;
}
