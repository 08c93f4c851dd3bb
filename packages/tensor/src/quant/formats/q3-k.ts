import { f16At } from "../block-fields.ts";
import type { BlockLayout } from "../format.ts";

/**
 * 110 bytes for 256 weights in 16 groups of 16, each `d·(s − 32)·q`, q in −4 … 3: 32 bytes of high bits (byte l, bit b
 * for weight 32b + l; a clear bit takes 4 off), 64 bytes of low two bits as in q2_K, 12 bytes with s (6 bits), f16 d.
 * Read only.
 */
export const q3_K: BlockLayout = {
  ggmlType: 11,
  blockSize: 256,
  blockBytes: 110,
  halves: [108],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 110, to += 256) {
      const d = f16At(bytes, at + 108);
      for (let group = 0; group < 16; group++) {
        const scale = Math.fround(d * (scaleOf(bytes, at + 96, group) - 32));
        const half = 16 * (group & 1);
        const from = at + 32 + 32 * (group >> 3) + half;
        const shift = group & 6;
        const bit = group >> 1;
        for (let l = 0; l < 16; l++) {
          const high = (bytes[at + half + l] >>> bit) & 1 ? 0 : 4;
          out[to + 16 * group + l] = scale * (((bytes[from + l] >>> shift) & 3) - high);
        }
      }
    }
  },
};

/** Low nibble in byte `group mod 8` (low half for the first eight groups), bits 4–5 in byte `8 + group mod 4`. */
function scaleOf(bytes: Uint8Array, at: number, group: number): number {
  const low = (bytes[at + (group & 7)] >>> (group < 8 ? 0 : 4)) & 15;
  const high = (bytes[at + 8 + (group & 3)] >>> (2 * (group >> 2))) & 3;
  return low | (high << 4);
}
