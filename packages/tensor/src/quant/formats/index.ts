import type { QuantFormatName } from "../../contract/operand.ts";
import type { QuantFormat } from "../format.ts";
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

/** The one table of block formats; a new one is a file and a line here. */
export const quantFormats: Readonly<Record<QuantFormatName, QuantFormat>> = {
  q8_0,
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q2_K,
  q3_K,
  q4_K,
  q5_K,
  q6_K,
  iq4_nl,
  iq4_xs,
};

/** All format names, in table order. */
export const quantFormatNames: readonly QuantFormatName[] = Object.keys(quantFormats) as QuantFormatName[];

export function isQuantFormat(name: string): name is QuantFormatName {
  return Object.hasOwn(quantFormats, name);
}
