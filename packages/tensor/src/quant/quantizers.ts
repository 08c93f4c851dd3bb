import type { QuantFormatName } from "../contract/operand.ts";
import type { Quantizers } from "./format.ts";
import { q4_0Quantizers } from "./formats/q4-0.ts";
import { q4_1Quantizers } from "./formats/q4-1.ts";
import { q4_KQuantizers } from "./formats/q4-k.ts";
import { q5_0Quantizers } from "./formats/q5-0.ts";
import { q5_1Quantizers } from "./formats/q5-1.ts";
import { q5_KQuantizers } from "./formats/q5-k.ts";
import { q6_KQuantizers } from "./formats/q6-k.ts";
import { q8_0Quantizers } from "./formats/q8-0.ts";

/** Apart from `quantFormats`, so that whoever only reads quantised weights does not carry what makes them; a format that is not here is only read. */
const factories: { readonly [K in QuantFormatName]?: () => Quantizers } = {
  q8_0: q8_0Quantizers,
  q4_0: q4_0Quantizers,
  q4_1: q4_1Quantizers,
  q5_0: q5_0Quantizers,
  q5_1: q5_1Quantizers,
  q4_K: q4_KQuantizers,
  q5_K: q5_KQuantizers,
  q6_K: q6_KQuantizers,
};

const made: { [K in QuantFormatName]?: Quantizers } = {};

/** The quantisers of a format; none for one that is only read. */
export function quantizersOf(format: QuantFormatName): Quantizers {
  return (made[format] ??= factories[format]?.() ?? {});
}
