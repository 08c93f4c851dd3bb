import { f16At, storeF16, highBitsAt, storeHighBits } from "../block-fields.ts";
import type { BlockLayout, Quantizers } from "../format.ts";
import { steps } from "../scale-search.ts";
import { signedReference, symmetricQuantizers } from "../symmetric-block.ts";

/** 22 bytes for 32 weights `d·(q − 16)`: f16 d, 32 bits = bit 4 of each q, then 16 bytes of low nibbles as in q4_0. */
export const q5_0: BlockLayout = {
  ggmlType: 6,
  blockSize: 32,
  blockBytes: 22,
  halves: [0],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 22, to += 32) {
      const d = f16At(bytes, at);
      const high = highBitsAt(bytes, at + 2);
      for (let j = 0; j < 16; j++) {
        const pair = bytes[at + 6 + j];
        out[to + j] = d * (((pair & 15) | (((high >>> j) & 1) << 4)) - 16);
        out[to + 16 + j] = d * (((pair >>> 4) | (((high >>> (j + 16)) & 1) << 4)) - 16);
      }
    }
  },
};

export const q5_0Quantizers = (): Quantizers =>
  symmetricQuantizers({
    blockBytes: 22,
    low: -16,
    high: 15,
    placements: [...steps(-16.4, 0.8, 3), ...steps(15.4, -0.8, 3)],
    reference: signedReference(-16, 15),
    store(bytes, at, scale, levels) {
      storeF16("q5_0", bytes, at, scale);
      storeHighBits(bytes, at + 2, levels, 16);
      for (let j = 0; j < 16; j++) bytes[at + 6 + j] = ((levels[j] + 16) & 15) | (((levels[j + 16] + 16) & 15) << 4);
    },
  });
