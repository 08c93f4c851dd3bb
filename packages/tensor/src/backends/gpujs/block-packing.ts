import type { QuantFormatName } from "../../contract/operand.ts";

/**
 * How the blocks of a format lie on a device that stores f32 only. A block is a fixed number of floats, each a whole
 * number below 2^24 made of digits: weight `q` is the digit `q + zero`, the first of a float being its lowest. The f16
 * pattern of the scale is the upper part of one of them.
 */
export interface BlockPacking {
  /** Weights of a block. */
  readonly weights: number;
  readonly bytes: number;
  readonly floats: number;
  /** Digits are 0 … base − 1, so many in a full float. */
  readonly base: number;
  readonly digits: number;
  /** The digit of weight 0. */
  readonly zero: number;
  /** Floats full of weights; the rest of the weights is in the float after them. */
  readonly fullFloats: number;
  readonly tailDigits: number;
  /** The float that holds the scale, and what it is multiplied by to move the scale to the units. */
  readonly scaleFloat: number;
  readonly scaleShift: number;
  pack(blocks: Uint8Array): Float32Array;
  unpack(floats: Float32Array, bytes: number): Uint8Array;
}

/** 34 bytes (f16 scale, 32 signed bytes) as 10 floats of 3 weights, one of 2 and one of the scale. */
const q8_0: BlockPacking = {
  weights: 32,
  bytes: 34,
  floats: 12,
  base: 256,
  digits: 3,
  zero: 128,
  fullFloats: 10,
  tailDigits: 2,
  scaleFloat: 11,
  scaleShift: 1,
  pack(blocks) {
    const floats = new Float32Array((blocks.length / 34) * 12);
    for (let from = 0, to = 0; from < blocks.length; from += 34, to += 12) {
      // A signed byte plus 128 is the byte with its top bit turned.
      const digit = (j: number): number => (j < 32 ? (blocks[from + 2 + j] ?? 0) ^ 0x80 : 0);
      for (let g = 0; g < 11; g++) floats[to + g] = digit(3 * g) + (digit(3 * g + 1) << 8) + (digit(3 * g + 2) << 16);
      floats[to + 11] = (blocks[from] ?? 0) + ((blocks[from + 1] ?? 0) << 8);
    }
    return floats;
  },
  unpack(floats, bytes) {
    const blocks = new Uint8Array(bytes);
    for (let from = 0, to = 0; to < bytes; from += 12, to += 34) {
      const scale = floats[from + 11] ?? 0;
      blocks[to] = scale & 0xff;
      blocks[to + 1] = scale >>> 8;
      for (let j = 0; j < 32; j++)
        blocks[to + 2 + j] = (((floats[from + Math.floor(j / 3)] ?? 0) >>> (8 * (j % 3))) & 0xff) ^ 0x80;
    }
    return blocks;
  },
};

/** 18 bytes (f16 scale, byte j = weights j and j + 16) as 5 floats of 6 weights and one of 2 and the scale: no bit idle. */
const q4_0: BlockPacking = {
  weights: 32,
  bytes: 18,
  floats: 6,
  base: 16,
  digits: 6,
  zero: 8,
  fullFloats: 5,
  tailDigits: 2,
  scaleFloat: 5,
  scaleShift: 2 ** -8,
  pack(blocks) {
    const floats = new Float32Array((blocks.length / 18) * 6);
    for (let from = 0, to = 0; from < blocks.length; from += 18, to += 6) {
      const digit = (j: number): number => ((blocks[from + 2 + (j % 16)] ?? 0) >>> (j < 16 ? 0 : 4)) & 15;
      const scale = (blocks[from] ?? 0) + ((blocks[from + 1] ?? 0) << 8);
      for (let g = 0; g < 6; g++) {
        let packed = g === 5 ? scale << 8 : 0;
        for (let place = 0; place < 6 && 6 * g + place < 32; place++) packed += digit(6 * g + place) << (4 * place);
        floats[to + g] = packed;
      }
    }
    return floats;
  },
  unpack(floats, bytes) {
    const blocks = new Uint8Array(bytes);
    for (let from = 0, to = 0; to < bytes; from += 6, to += 18) {
      const digit = (j: number): number => ((floats[from + Math.floor(j / 6)] ?? 0) >>> (4 * (j % 6))) & 15;
      const scale = (floats[from + 5] ?? 0) >>> 8;
      blocks[to] = scale & 0xff;
      blocks[to + 1] = scale >>> 8;
      for (let j = 0; j < 16; j++) blocks[to + 2 + j] = digit(j) | (digit(j + 16) << 4);
    }
    return blocks;
  },
};

/** Formats that kernels read as they are packed; matrices of the others are to be loaded as floats. */
export const blockPackings: Readonly<Partial<Record<QuantFormatName, BlockPacking>>> = { q8_0, q4_0 };
