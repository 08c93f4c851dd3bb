import { affineQuantizers } from "../affine-block.ts";
import { f16At, storeF16, highBitsAt, storeHighBits } from "../block-fields.ts";
import type { BlockLayout, Quantizers } from "../format.ts";

/** 24 bytes for 32 weights `d·q + m`: f16 d, f16 m, 32 bits = bit 4 of each q, then 16 bytes of low nibbles. */
export const q5_1: BlockLayout = {
  ggmlType: 7,
  blockSize: 32,
  blockBytes: 24,
  halves: [0, 2],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 24, to += 32) {
      const d = f16At(bytes, at);
      const m = f16At(bytes, at + 2);
      const high = highBitsAt(bytes, at + 4);
      for (let j = 0; j < 16; j++) {
        const pair = bytes[at + 8 + j];
        out[to + j] = Math.fround(d * ((pair & 15) | (((high >>> j) & 1) << 4))) + m;
        out[to + 16 + j] = Math.fround(d * ((pair >>> 4) | (((high >>> (j + 16)) & 1) << 4))) + m;
      }
    }
  },
};

export const q5_1Quantizers = (): Quantizers =>
  affineQuantizers({
    blockBytes: 24,
    high: 31,
    store(bytes, at, { scale, min }, levels) {
      storeF16("q5_1", bytes, at, scale);
      storeF16("q5_1", bytes, at + 2, min);
      storeHighBits(bytes, at + 4, levels, 0);
      for (let j = 0; j < 16; j++) bytes[at + 8 + j] = (levels[j] & 15) | ((levels[j + 16] & 15) << 4);
    },
  });
