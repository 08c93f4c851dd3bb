import { f16At, storeF16 } from "../block-fields.ts";
import type { BlockLayout, Quantizers } from "../format.ts";
import { steps } from "../scale-search.ts";
import { signedReference, symmetricQuantizers } from "../symmetric-block.ts";

/** 18 bytes for 32 weights `d·(q − 8)`: f16 d, then byte j = q of weight j (low nibble) and j + 16 (high). */
export const q4_0: BlockLayout = {
  ggmlType: 2,
  blockSize: 32,
  blockBytes: 18,
  halves: [0],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 18, to += 32) {
      const d = f16At(bytes, at);
      for (let j = 0; j < 16; j++) {
        const pair = bytes[at + 2 + j];
        out[to + j] = d * ((pair & 15) - 8);
        out[to + 16 + j] = d * ((pair >>> 4) - 8);
      }
    }
  },
};

export const q4_0Quantizers = (): Quantizers =>
  symmetricQuantizers({
    blockBytes: 18,
    low: -8,
    high: 7,
    placements: [...steps(-8.4, 0.8, 3), ...steps(7.4, -0.8, 3)],
    reference: signedReference(-8, 7),
    store(bytes, at, scale, levels) {
      storeF16("q4_0", bytes, at, scale);
      for (let j = 0; j < 16; j++) bytes[at + 2 + j] = (levels[j] + 8) | ((levels[j + 16] + 8) << 4);
    },
  });
