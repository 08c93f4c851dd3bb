/** For each byte of a sequence, the smallest and the largest value. */
export type ByteRanges = readonly (readonly [from: number, to: number])[];

/** Code points whose UTF-8 has one, two, three and four bytes; without surrogates, which UTF-8 does not have. */
const LENGTHS = [
  { from: 0, to: 0x7f, bytes: 1 },
  { from: 0x80, to: 0x7ff, bytes: 2 },
  { from: 0x800, to: 0xd7ff, bytes: 3 },
  { from: 0xe000, to: 0xffff, bytes: 3 },
  { from: 0x10000, to: 0x10ffff, bytes: 4 },
] as const;

/** The sequences of byte ranges that together are the UTF-8 of the code points from `from` to `to`. */
export function utf8Ranges(from: number, to: number): ByteRanges[] {
  return LENGTHS.flatMap(({ from: least, to: most, bytes }) => {
    const [start, end] = [Math.max(from, least), Math.min(to, most)];
    return start <= end ? split(start, end, bytes - 1) : [];
  });
}

/**
 * Cuts a range until all but the last differing byte are full, such as U+0800 … U+1234 into E0 A0–BF 80–BF, E1 80–87 80–BF
 * and E1 88 80–B4.
 *
 * @param tail bytes that continue
 */
function split(from: number, to: number, tail: number): ByteRanges[] {
  for (let below = 1; below <= tail; below++) {
    const mask = 2 ** (6 * below) - 1;
    if (Math.floor(from / (mask + 1)) === Math.floor(to / (mask + 1))) break;
    if ((from & mask) !== 0) {
      const end = from | mask;
      return [...split(from, end, tail), ...split(end + 1, to, tail)];
    }
    if ((to & mask) !== mask) {
      const start = to - (to & mask);
      return [...split(from, start - 1, tail), ...split(start, to, tail)];
    }
  }
  const [first, last] = [encode(from, tail), encode(to, tail)];
  return [first.map((byte, i) => [byte, last[i] ?? byte] as const)];
}

const LEADS = [0, 0xc0, 0xe0, 0xf0] as const;

function encode(codePoint: number, tail: number): number[] {
  const bytes = [(LEADS[tail] ?? 0) | (codePoint >>> (6 * tail))];
  for (let i = tail - 1; i >= 0; i--) bytes.push(0x80 | ((codePoint >>> (6 * i)) & 0x3f));
  return bytes;
}
