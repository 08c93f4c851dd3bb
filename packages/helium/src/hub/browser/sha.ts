import type { Digest } from "../hub-store.ts";

/** One round function over the state and a block of 16 big-endian words. */
interface Compression {
  readonly initial: readonly number[];
  readonly compress: (state: Uint32Array, block: DataView, at: number) => void;
}

/**
 * A hash that takes bytes in pieces, which `crypto.subtle` cannot: SHA-1 or SHA-256 (FIPS 180-4).
 */
export function createSha(algorithm: "sha1" | "sha256"): Digest {
  const { initial, compress } = algorithm === "sha1" ? sha1 : sha256;
  const state = Uint32Array.from(initial);
  const block = new Uint8Array(64);
  const view = new DataView(block.buffer);
  let total = 0;
  return {
    update(bytes) {
      let at = 0;
      const filled = total % 64;
      total += bytes.length;
      if (filled > 0) {
        at = Math.min(64 - filled, bytes.length);
        block.set(bytes.subarray(0, at), filled);
        if (filled + at < 64) return;
        compress(state, view, 0);
      }
      const whole = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (; at + 64 <= bytes.length; at += 64) compress(state, whole, at);
      block.set(bytes.subarray(at));
    },
    finish() {
      // A one bit, zeros, and the number of bits in the last eight bytes.
      const filled = total % 64;
      block.fill(0, filled);
      block[filled] = 0x80;
      if (filled >= 56) {
        compress(state, view, 0);
        block.fill(0);
      }
      view.setBigUint64(56, BigInt(total) * 8n);
      compress(state, view, 0);
      return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
    },
  };
}

const rotateLeft = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
const rotateRight = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

const word = (words: Int32Array | Uint32Array, index: number): number => words[index] ?? 0;

const words1 = new Int32Array(80);

const sha1: Compression = {
  initial: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0],
  compress(state, block, at) {
    const w = words1;
    for (let t = 0; t < 16; t++) w[t] = block.getInt32(at + 4 * t);
    for (let t = 16; t < 80; t++)
      w[t] = rotateLeft(word(w, t - 3) ^ word(w, t - 8) ^ word(w, t - 14) ^ word(w, t - 16), 1);
    let a = word(state, 0);
    let b = word(state, 1);
    let c = word(state, 2);
    let d = word(state, 3);
    let e = word(state, 4);
    for (let t = 0; t < 80; t++) {
      const f = t < 20 ? (b & c) | (~b & d) : t < 40 || t >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
      const k = t < 20 ? 0x5a827999 : t < 40 ? 0x6ed9eba1 : t < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      const next = (rotateLeft(a, 5) + f + e + k + word(w, t)) | 0;
      e = d;
      d = c;
      c = rotateLeft(b, 30);
      b = a;
      a = next;
    }
    add(state, [a, b, c, d, e]);
  },
};

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roots = Int32Array.from(primes(64), (prime) => Math.floor((Math.cbrt(prime) % 1) * 2 ** 32));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

const words256 = new Int32Array(64);

const sha256: Compression = {
  initial: primes(8).map((prime) => Math.floor((Math.sqrt(prime) % 1) * 2 ** 32)),
  compress(state, block, at) {
    const w = words256;
    for (let t = 0; t < 16; t++) w[t] = block.getInt32(at + 4 * t);
    for (let t = 16; t < 64; t++) {
      const [x, y] = [word(w, t - 15), word(w, t - 2)];
      const s0 = rotateRight(x, 7) ^ rotateRight(x, 18) ^ (x >>> 3);
      const s1 = rotateRight(y, 17) ^ rotateRight(y, 19) ^ (y >>> 10);
      w[t] = (word(w, t - 16) + s0 + word(w, t - 7) + s1) | 0;
    }
    let a = word(state, 0);
    let b = word(state, 1);
    let c = word(state, 2);
    let d = word(state, 3);
    let e = word(state, 4);
    let f = word(state, 5);
    let g = word(state, 6);
    let h = word(state, 7);
    for (let t = 0; t < 64; t++) {
      const s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
      const x = (h + s1 + ((e & f) ^ (~e & g)) + word(roots, t) + word(w, t)) | 0;
      const s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
      const y = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + x) | 0;
      d = c;
      c = b;
      b = a;
      a = (x + y) | 0;
    }
    add(state, [a, b, c, d, e, f, g, h]);
  },
};

function add(state: Uint32Array, words: readonly number[]): void {
  words.forEach((word, i) => (state[i] = (state[i] ?? 0) + word));
}
