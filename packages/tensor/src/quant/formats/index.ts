import type { BlockLayout } from "../format.ts";
import { iq4_nl } from "./iq4-nl.ts";
import { iq4_xs } from "./iq4-xs.ts";
import { q2_K } from "./q2-k.ts";
import { q3_K } from "./q3-k.ts";
import { q4_0 } from "./q4-0.ts";
import { q4_1 } from "./q4-1.ts";
import { q4_K } from "./q4-k.ts";
import { q5_0 } from "./q5-0.ts";
import { q5_1 } from "./q5-1.ts";
import { q5_K } from "./q5-k.ts";
import { q6_K } from "./q6-k.ts";
import { q8_0 } from "./q8-0.ts";

/** The block formats by their GGUF names; a new one is a file and a line here. */
const layouts = { q8_0, q4_0, q4_1, q5_0, q5_1, q2_K, q3_K, q4_K, q5_K, q6_K, iq4_nl, iq4_xs };

/** Block-quantised formats, by their GGUF names. */
export type QuantFormatName = keyof typeof layouts;

export interface QuantFormat extends BlockLayout {
  readonly name: QuantFormatName;
  /** What a tensor takes whose row length is not a multiple of `blockSize`; null: no block format, bf16. */
  readonly fallback: QuantFormatName | null;
}

/** As llama.cpp falls back where a row does not fill blocks of 256. */
const fallbacks: { readonly [F in QuantFormatName]?: QuantFormatName } = {
  q2_K: "q4_0",
  q3_K: "q4_0",
  q4_K: "q5_0",
  q5_K: "q5_1",
  q6_K: "q8_0",
  iq4_xs: "q4_0",
};

/** All format names, in table order. */
export const quantFormatNames: readonly QuantFormatName[] = Object.keys(layouts) as QuantFormatName[];

export const quantFormats: Readonly<Record<QuantFormatName, QuantFormat>> = Object.fromEntries(
  quantFormatNames.map((name) => [name, { name, ...layouts[name], fallback: fallbacks[name] ?? null }]),
) as Record<QuantFormatName, QuantFormat>;

export function isQuantFormat(name: string): name is QuantFormatName {
  return Object.hasOwn(quantFormats, name);
}
