import { f16At } from "../block-fields.ts";
import type { BlockLayout, Quantizers } from "../format.ts";
import { kAffineQuantizer } from "../k-affine.ts";
import { unpackScales } from "../k-scales.ts";

const scales = new Uint8Array(8);
const mins = new Uint8Array(8);

/**
 * 144 bytes for 256 weights in 8 sub-blocks of 32, each `d·s·q − dmin·m`: f16 d, f16 dmin, 12 bytes with s and m (6 bits
 * each), 128 bytes of q (4 bits; byte 32p + l holds weight l of sub-blocks 2p, low nibble, and 2p + 1).
 */
export const q4_K: BlockLayout = {
  ggmlType: 12,
  blockSize: 256,
  blockBytes: 144,
  halves: [0, 2],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 144, to += 256) {
      const d = f16At(bytes, at);
      const dmin = f16At(bytes, at + 2);
      unpackScales(bytes, at + 4, scales, mins);
      for (let j = 0; j < 8; j++) {
        const scale = Math.fround(d * scales[j]);
        const min = Math.fround(dmin * mins[j]);
        const from = at + 16 + 32 * (j >> 1);
        const shift = 4 * (j & 1);
        for (let l = 0; l < 32; l++)
          out[to + 32 * j + l] = Math.fround(scale * ((bytes[from + l] >>> shift) & 15)) - min;
      }
    }
  },
};

export const q4_KQuantizers = (): Quantizers => ({
  search: kAffineQuantizer({
    name: "q4_K",
    blockBytes: 144,
    high: 15,
    store(bytes, at, levels) {
      for (let pair = 0; pair < 4; pair++) {
        for (let l = 0; l < 32; l++)
          bytes[at + 16 + 32 * pair + l] = levels[64 * pair + l] | (levels[64 * pair + 32 + l] << 4);
      }
    },
  }),
});
