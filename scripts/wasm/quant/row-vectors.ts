import type { Code } from "../code.ts";
import type { PanelFormat } from "./panel-format.ts";

/** Four rows of a panel: one vector of everything that is kept per row. */
export interface RowVector {
  /** Rows 0–3 or 4–7: they lie side by side and go through the same operations, which is what lets V8 join them. */
  readonly h: 0 | 1;
  /** Ends the names of what belongs to the second of two panels. */
  readonly panel: "" | "2";
  /** Place among all. */
  readonly i: number;
}

/** The vectors of one panel, or of two that share their activations. */
export const rowVectors = (panels: 1 | 2): readonly RowVector[] =>
  (panels === 1 ? ([""] as const) : (["", "2"] as const)).flatMap((panel, n) =>
    ([0, 1] as const).map((h) => ({ h, panel, i: 2 * n + h })),
  );

/** The tile that is written: its tokens, and the rows of which each value below is a list. */
export interface TileShape {
  readonly tokens: number;
  readonly rows: readonly RowVector[];
  /** Both digits of every level were looked up before, for many tiles: 512 bytes a block, [step][digit][row][4 columns]. */
  readonly spread?: true;
}

/** Bytes of one token's record of 32 activations; assembly/quant.ts describes it. */
export const records = { 8: { bytes: 64, scale: 32 }, 16: { bytes: 80, scale: 64 } } as const;

/** `bits` ones from bit `to` on, in every byte. */
export const maskOf = (bits: number, to: number): number => ((1 << bits) - 1) << to;
export const maskName = (bits: number, to: number): string => `mask${maskOf(bits, to)}`;

export const shifted = (v: string, left: number): string =>
  left === 0 ? v : left > 0 ? `i16x8.shl(${v}, ${left})` : `i16x8.shr_u(${v}, ${-left})`;

/** The tables that give what is multiplied: none for levels, else one of their values or one per digit. */
export const tablesOf = ({ digits, values }: PanelFormat): readonly (string | null)[] =>
  digits ? ["first", "second"] : values ? ["values"] : [null];

/** The sums of both digits as those of the values; the only one without digits. */
export function joinDigits(code: Code, [first, second]: readonly (readonly string[])[]): readonly string[] {
  if (!first) throw new Error("no sums");
  if (!second) return first;
  return first.map((sum, i) => code.let(`i32x4.add(i32x4.add(${sum}, i32x4.shl(${sum}, 4)), ${second[i] ?? ""})`));
}
