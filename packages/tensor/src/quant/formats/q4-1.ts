import { affineQuantizers } from "../affine-block.ts";
import { f16At, storeF16 } from "../block-fields.ts";
import type { BlockLayout, Quantizers } from "../format.ts";

/** 20 bytes for 32 weights `d·q + m`: f16 d, f16 m, then byte j = q of weight j (low nibble) and j + 16 (high). */
export const q4_1: BlockLayout = {
  ggmlType: 3,
  blockSize: 32,
  blockBytes: 20,
  halves: [0, 2],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 20, to += 32) {
      const d = f16At(bytes, at);
      const m = f16At(bytes, at + 2);
      for (let j = 0; j < 16; j++) {
        const pair = bytes[at + 4 + j];
        out[to + j] = Math.fround(d * (pair & 15)) + m;
        out[to + 16 + j] = Math.fround(d * (pair >>> 4)) + m;
      }
    }
  },
};

export const q4_1Quantizers = (): Quantizers =>
  affineQuantizers({
    blockBytes: 20,
    high: 15,
    store(bytes, at, { scale, min }, levels) {
      storeF16("q4_1", bytes, at, scale);
      storeF16("q4_1", bytes, at + 2, min);
      for (let j = 0; j < 16; j++) bytes[at + 4 + j] = levels[j] | (levels[j + 16] << 4);
    },
  });
