import type { QuantFormatName } from "../../contract/operand.ts";
import { fromF16Bits } from "./number-format.ts";

/** One weight of a block, and the size of what its formula adds up: rounding errors are proportional to that. */
export type BlockWeight = readonly [value: number, magnitude: number];

/** A block format in plain numbers: where its f16 scales are, and every weight from the block's bytes. */
export interface BlockFormula {
  /** Weights per block. */
  readonly weights: number;
  /** Bytes per block. */
  readonly bytes: number;
  /** Offsets of the f16 fields; all other bytes may hold anything. */
  readonly scales: readonly number[];
  /** Weight i of the block that begins at byte 0 of `block`. */
  readonly weight: (block: Uint8Array, i: number) => BlockWeight;
}

const f16 = (block: Uint8Array, at: number): number => fromF16Bits(block[at] | (block[at + 1] << 8));
const signed = (byte: number): number => (byte << 24) >> 24;
const scaled = (d: number, q: number): BlockWeight => [d * q, Math.abs(d * q)];
const affine = (d: number, q: number, shift: number): BlockWeight => [d * q + shift, Math.abs(d * q) + Math.abs(shift)];

/** 32 nibbles in 16 bytes: the low ones are weights 0–15, the high ones 16–31. */
const nibble = (block: Uint8Array, at: number, i: number): number => (block[at + (i % 16)] >> (i < 16 ? 0 : 4)) & 15;

/** Bit 4 of weight i, from 32 bits in four bytes. */
const fifthBit = (block: Uint8Array, at: number, i: number): number => ((block[at + (i >> 3)] >> (i & 7)) & 1) << 4;

/** 256 two-bit numbers in 64 bytes: 128 weights per 32 bytes, 32 weights per pair of bits. */
const crumb = (block: Uint8Array, at: number, i: number): number =>
  (block[at + 32 * (i >> 7) + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;

/** 256 nibbles in 128 bytes: 64 weights per 32 bytes, the low nibbles first. */
const wideNibble = (block: Uint8Array, at: number, i: number): number =>
  (block[at + 32 * (i >> 6) + (i & 31)] >> (4 * ((i >> 5) & 1))) & 15;

/** Six-bit scale and min of sub-block j, from the 12 bytes of q4_K and q5_K. */
function sixBits(block: Uint8Array, at: number, j: number): readonly [scale: number, min: number] {
  const byte = (i: number): number => block[at + i];
  if (j < 4) return [byte(j) & 63, byte(j + 4) & 63];
  return [(byte(j + 4) & 15) | ((byte(j - 4) >> 6) << 4), (byte(j + 4) >> 4) | ((byte(j) >> 6) << 4)];
}

/** ggml's `kvalues_iq4nl`. */
const levels = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;

/**
 * The weights that ggml's block formats hold (ggml-quants.c, `dequantize_row_*`), written a second time, weight by weight
 * and apart from `tensor/quant`: what the suite holds backends to.
 */
export const blockFormulas: Readonly<Record<QuantFormatName, BlockFormula>> = {
  q8_0: { weights: 32, bytes: 34, scales: [0], weight: (b, i) => scaled(f16(b, 0), signed(b[2 + i])) },
  q4_0: { weights: 32, bytes: 18, scales: [0], weight: (b, i) => scaled(f16(b, 0), nibble(b, 2, i) - 8) },
  q4_1: { weights: 32, bytes: 20, scales: [0, 2], weight: (b, i) => affine(f16(b, 0), nibble(b, 4, i), f16(b, 2)) },
  q5_0: {
    weights: 32,
    bytes: 22,
    scales: [0],
    weight: (b, i) => scaled(f16(b, 0), (nibble(b, 6, i) | fifthBit(b, 2, i)) - 16),
  },
  q5_1: {
    weights: 32,
    bytes: 24,
    scales: [0, 2],
    weight: (b, i) => affine(f16(b, 0), nibble(b, 8, i) | fifthBit(b, 4, i), f16(b, 2)),
  },
  q2_K: {
    weights: 256,
    bytes: 84,
    scales: [80, 82],
    weight: (b, i) => {
      const packed = b[i >> 4];
      return affine(f16(b, 80) * (packed & 15), crumb(b, 16, i), -f16(b, 82) * (packed >> 4));
    },
  },
  q3_K: {
    weights: 256,
    bytes: 110,
    scales: [108],
    weight: (b, i) => {
      const group = i >> 4;
      const low = (b[96 + (group & 7)] >> (group < 8 ? 0 : 4)) & 15;
      const high = (b[104 + (group & 3)] >> (2 * (group >> 2))) & 3;
      const set = (b[i & 31] >> (i >> 5)) & 1;
      return scaled(f16(b, 108) * ((low | (high << 4)) - 32), crumb(b, 32, i) - (set ? 0 : 4));
    },
  },
  q4_K: {
    weights: 256,
    bytes: 144,
    scales: [0, 2],
    weight: (b, i) => {
      const [scale, min] = sixBits(b, 4, i >> 5);
      return affine(f16(b, 0) * scale, wideNibble(b, 16, i), -f16(b, 2) * min);
    },
  },
  q5_K: {
    weights: 256,
    bytes: 176,
    scales: [0, 2],
    weight: (b, i) => {
      const [scale, min] = sixBits(b, 4, i >> 5);
      const fifth = ((b[16 + (i & 31)] >> (i >> 5)) & 1) << 4;
      return affine(f16(b, 0) * scale, wideNibble(b, 48, i) | fifth, -f16(b, 2) * min);
    },
  },
  q6_K: {
    weights: 256,
    bytes: 210,
    scales: [208],
    weight: (b, i) => {
      const half = i >> 7;
      const within = i & 127;
      const low = (b[64 * half + (within & 63)] >> (within < 64 ? 0 : 4)) & 15;
      const high = (b[128 + 32 * half + (i & 31)] >> (2 * (within >> 5))) & 3;
      return scaled(f16(b, 208) * signed(b[192 + (i >> 4)]), (low | (high << 4)) - 32);
    },
  },
  iq4_nl: { weights: 32, bytes: 18, scales: [0], weight: (b, i) => scaled(f16(b, 0), levels[nibble(b, 2, i)]) },
  iq4_xs: {
    weights: 256,
    bytes: 136,
    scales: [0],
    weight: (b, i) => {
      const j = i >> 5;
      const low = (b[4 + (j >> 1)] >> (4 * (j & 1))) & 15;
      const high = ((b[2] | (b[3] << 8)) >> (2 * j)) & 3;
      return scaled(f16(b, 0) * ((low | (high << 4)) - 32), levels[nibble(b, 8 + 16 * j, i & 31)]);
    },
  },
};
