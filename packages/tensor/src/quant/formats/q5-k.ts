import { f16At } from "../block-fields.ts";
import type { BlockLayout, Quantizers } from "../format.ts";
import { kAffineQuantizer } from "../k-affine.ts";
import { unpackScales } from "../k-scales.ts";

const scales = new Uint8Array(8);
const mins = new Uint8Array(8);

/**
 * 176 bytes for 256 weights: as q4_K, with 32 bytes of fifth bits (byte l, bit j for weight l of sub-block j) between
 * scales and nibbles.
 */
export const q5_K: BlockLayout = {
  ggmlType: 13,
  blockSize: 256,
  blockBytes: 176,
  halves: [0, 2],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 176, to += 256) {
      const d = f16At(bytes, at);
      const dmin = f16At(bytes, at + 2);
      unpackScales(bytes, at + 4, scales, mins);
      for (let j = 0; j < 8; j++) {
        const scale = Math.fround(d * scales[j]);
        const min = Math.fround(dmin * mins[j]);
        const from = at + 48 + 32 * (j >> 1);
        const shift = 4 * (j & 1);
        for (let l = 0; l < 32; l++) {
          const q = ((bytes[from + l] >>> shift) & 15) | (((bytes[at + 16 + l] >>> j) & 1) << 4);
          out[to + 32 * j + l] = Math.fround(scale * q) - min;
        }
      }
    }
  },
};

export const q5_KQuantizers = (): Quantizers => ({
  search: kAffineQuantizer({
    name: "q5_K",
    blockBytes: 176,
    high: 31,
    store(bytes, at, levels) {
      for (let l = 0; l < 32; l++) {
        let high = 0;
        for (let j = 0; j < 8; j++) high |= (levels[32 * j + l] >>> 4) << j;
        bytes[at + 16 + l] = high;
      }
      for (let pair = 0; pair < 4; pair++) {
        for (let l = 0; l < 32; l++)
          bytes[at + 48 + 32 * pair + l] = (levels[64 * pair + l] & 15) | ((levels[64 * pair + 32 + l] & 15) << 4);
      }
    },
  }),
});
