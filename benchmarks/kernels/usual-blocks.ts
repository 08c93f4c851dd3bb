import type { QuantFormatName } from "@helium-lm/tensor";
import { quantFormats } from "@helium-lm/tensor/quant";

/** Where the f16 fields of a format's block are. */
const halves: Readonly<Record<QuantFormatName, readonly number[]>> = {
  ...{ q8_0: [0], q4_0: [0], q4_1: [0, 2], q5_0: [0], q5_1: [0, 2], q2_K: [80, 82], q3_K: [108] },
  ...{ q4_K: [0, 2], q5_K: [0, 2], q6_K: [208], iq4_nl: [0], iq4_xs: [0] },
};

/** Random blocks of any format with scales of 2⁻⁶: arbitrary ones would be subnormal now and then, and slow. */
export function usualBlocks(format: QuantFormatName, length: number): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => ((i * 2654435761) >>> 7) & 255);
  for (let at = 0; at < length; at += quantFormats[format].blockBytes)
    for (const field of halves[format]) bytes.set([0x00, 0x24], at + field);
  return bytes;
}
