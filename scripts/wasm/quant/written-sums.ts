import { range, type Code } from "../code.ts";
import { dotsThatFit, type PanelFormat } from "./panel-format.ts";
import { joinDigits, maskName, pair, shifted, tablesOf, type Pair } from "./pairs.ts";

/** Sums for one token, written out step after step. */

const add = (code: Code, lanes: "i16x8" | "i32x4", all: readonly Pair[]): Pair =>
  all.reduce((sum, next) => pair((h) => code.let(`${lanes}.add(${sum[h]}, ${next[h]})`)));

/** Levels of step j: [rows 0–3 | rows 4–7] × 4 columns, a byte each. */
function levels(code: Code, { planes }: PanelFormat, j: number): Pair {
  return pair((h) =>
    planes
      .map(({ bits, at, to }) => {
        const capacity = 8 / bits;
        const bytes = code.let(`v128.load(w, ${at + 32 * Math.floor(j / capacity) + 16 * h})`);
        return code.let(`v128.and(${shifted(bytes, to - bits * (j % capacity))}, ${maskName(bits, to)})`);
      })
      .reduce((low, high) => code.let(`v128.or(${low}, ${high})`)),
  );
}

/** Σ level·x of one token over the columns of group g as i32. */
export function writtenSums(code: Code, format: PanelFormat, g: number): Pair {
  const steps = format.group / 4;
  const fit = Math.min(steps, dotsThatFit(format));
  const sums = tablesOf(format).map((table) => {
    const wide = range(Math.ceil(steps / fit)).map((part) => {
      const dots = range(Math.min(fit, steps - fit * part)).map((step) => {
        const j = steps * g + fit * part + step;
        const x = code.let(`v128.load32_splat(x, ${4 * j})`);
        const q = levels(code, format, j);
        return pair((h) => code.let(`dot8(${x}, ${table === null ? q[h] : code.let(`lookUp(${table}, ${q[h]})`)})`));
      });
      const narrow = add(code, "i16x8", dots);
      return pair((h) => code.let(`i32x4.extadd_pairwise_i16x8_s(${narrow[h]})`));
    });
    return add(code, "i32x4", wide);
  });
  return joinDigits(code, sums);
}

/** The same of whole bytes beside 16-bit activations, two columns a step. */
export function writtenWords(code: Code): Pair {
  const products = range(16).map((j) => {
    const x = code.let(`v128.load32_splat(x, ${4 * j})`);
    return pair((h) => code.let(`i32x4.dot_i16x8_s(${code.let(`v128.load8x8_s(w, ${16 * j + 8 * h})`)}, ${x})`));
  });
  return add(code, "i32x4", products);
}
