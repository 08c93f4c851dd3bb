import type { Code } from "../code.ts";
import type { PanelFormat } from "./panel-format.ts";

/**
 * A panel's rows 0–3 and 4–7: two vectors that lie side by side and go through the same operations, which is what lets V8
 * join them to one of 256 bits.
 */
export type Pair = readonly [string, string];

export const halves = [0, 1] as const;

export const pair = (fn: (h: 0 | 1) => string): Pair => [fn(0), fn(1)];

/** Bytes of one token's record of 32 activations; assembly/quant.ts describes it. */
export const records = { 8: { bytes: 64, scale: 32 }, 16: { bytes: 80, scale: 64 } } as const;

/** `bits` ones from bit `to` on, in every byte. */
export const maskOf = (bits: number, to: number): number => ((1 << bits) - 1) << to;
export const maskName = (bits: number, to: number): string => `mask${maskOf(bits, to)}`;

export const shifted = (v: string, left: number): string =>
  left === 0 ? v : left > 0 ? `i16x8.shl(${v}, ${left})` : `i16x8.shr_u(${v}, ${-left})`;

/** The tables that give what is multiplied: none for levels, one per digit of their values. */
export const tablesOf = ({ digits }: PanelFormat): readonly (string | null)[] =>
  digits ? ["first", "second"] : [null];

/** The sums of both digits as those of the values; the only one without digits. */
export function joinDigits(code: Code, [first, second]: readonly Pair[]): Pair {
  if (!first) throw new Error("no sums");
  if (!second) return first;
  return pair((h) => code.let(`i32x4.add(i32x4.add(${first[h]}, i32x4.shl(${first[h]}, 4)), ${second[h]})`));
}
