import { f16At } from "../block-fields.ts";
import type { BlockLayout } from "../format.ts";

/**
 * 84 bytes for 256 weights in 16 groups of 16, each `d·s·q − dmin·m`: 16 bytes (s low nibble, m high), 64 bytes of q
 * (2 bits; byte 32h + l holds weights 128h + l + 0, 32, 64, 96 from the low bits up), f16 d, f16 dmin. Read only.
 */
export const q2_K: BlockLayout = {
  ggmlType: 10,
  blockSize: 256,
  blockBytes: 84,
  halves: [80, 82],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 84, to += 256) {
      const d = f16At(bytes, at + 80);
      const dmin = f16At(bytes, at + 82);
      for (let group = 0; group < 16; group++) {
        const packed = bytes[at + group];
        const scale = Math.fround(d * (packed & 15));
        const min = Math.fround(dmin * (packed >>> 4));
        const from = at + 16 + 32 * (group >> 3) + 16 * (group & 1);
        const shift = group & 6;
        for (let l = 0; l < 16; l++) {
          out[to + 16 * group + l] = Math.fround(scale * ((bytes[from + l] >>> shift) & 3)) - min;
        }
      }
    }
  },
};
