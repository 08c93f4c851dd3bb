import { f16At } from "../block-fields.ts";
import type { BlockLayout } from "../format.ts";

/** The 16 values of a non-linear nibble, denser around 0; ggml's `kvalues_iq4nl`. */
export const nonLinearLevels = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/** 18 bytes for 32 weights `d·level[q]`: laid out as q4_0. Read only. */
export const iq4_nl: BlockLayout = {
  ggmlType: 20,
  blockSize: 32,
  blockBytes: 18,
  halves: [0],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 18, to += 32) {
      const d = f16At(bytes, at);
      for (let j = 0; j < 16; j++) {
        const pair = bytes[at + 2 + j];
        out[to + j] = d * nonLinearLevels[pair & 15];
        out[to + 16 + j] = d * nonLinearLevels[pair >>> 4];
      }
    }
  },
};
