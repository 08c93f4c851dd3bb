import { f16At, storeF16 } from "../block-fields.ts";
import type { BlockLayout, Quantizers } from "../format.ts";
import { steps } from "../scale-search.ts";
import { inverseF32, symmetricQuantizers } from "../symmetric-block.ts";

/** 34 bytes for 32 weights `d·q`: f16 d, then 32 signed bytes q. Quantisers keep to ±127. */
export const q8_0: BlockLayout = {
  ggmlType: 8,
  blockSize: 32,
  blockBytes: 34,
  halves: [0],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 34, to += 32) {
      const d = f16At(bytes, at);
      for (let j = 0; j < 32; j++) out[to + j] = d * ((bytes[at + 2 + j] << 24) >> 24);
    }
  },
};

export const q8_0Quantizers = (): Quantizers =>
  symmetricQuantizers({
    blockBytes: 34,
    low: -127,
    high: 127,
    placements: steps(127, -1.2, 4),
    reference(values, from, levels) {
      let largest = 0;
      for (let i = from; i < from + 32; i++) largest = Math.max(largest, Math.abs(values[i]));
      const scale = Math.fround(largest / 127);
      const inverse = inverseF32(scale);
      for (let i = 0; i < 32; i++) {
        const scaled = Math.fround(values[from + i] * inverse);
        // Ties away from zero.
        levels[i] = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
      }
      return scale;
    },
    store(bytes, at, scale, levels) {
      storeF16("q8_0", bytes, at, scale);
      for (let j = 0; j < 32; j++) bytes[at + 2 + j] = levels[j];
    },
  });
