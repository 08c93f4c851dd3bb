import { f16At } from "../block-fields.ts";
import type { BlockLayout } from "../format.ts";
import { nonLinearLevels } from "./iq4-nl.ts";

/**
 * 136 bytes for 256 weights in 8 sub-blocks of 32, each `d·(s − 32)·level[q]` with the levels of iq4_nl: f16 d, 16 bits
 * with bits 4–5 of each s, 4 bytes with their low nibbles, then 16 bytes per sub-block as in q4_0. Read only.
 */
export const iq4_xs: BlockLayout = {
  ggmlType: 23,
  blockSize: 256,
  blockBytes: 136,
  halves: [0],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 136, to += 256) {
      const d = f16At(bytes, at);
      const high = bytes[at + 2] | (bytes[at + 3] << 8);
      for (let j = 0; j < 8; j++) {
        const s = ((bytes[at + 4 + (j >> 1)] >>> (4 * (j & 1))) & 15) | (((high >>> (2 * j)) & 3) << 4);
        const scale = Math.fround(d * (s - 32));
        for (let l = 0; l < 16; l++) {
          const pair = bytes[at + 8 + 16 * j + l];
          out[to + 32 * j + l] = scale * nonLinearLevels[pair & 15];
          out[to + 32 * j + 16 + l] = scale * nonLinearLevels[pair >>> 4];
        }
      }
    }
  },
};
