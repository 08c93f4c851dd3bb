import { range, type Code } from "../code.ts";
import { dotsThatFit, type PanelFormat } from "./panel-format.ts";
import { joinDigits, maskName, shifted, tablesOf, type TileShape } from "./row-vectors.ts";

/** Sums for one token, written out step after step. */

type Values = readonly string[];

const add = (code: Code, lanes: "i16x8" | "i32x4", all: readonly Values[]): Values =>
  all.reduce((sum, next) => sum.map((one, i) => code.let(`${lanes}.add(${one}, ${next[i] ?? ""})`)));

/** Levels of step j: [rows 0–3 | rows 4–7] × 4 columns, a byte each. */
function levels(code: Code, { planes }: PanelFormat, { rows }: TileShape, j: number): Values {
  return rows.map(({ h, panel }) =>
    planes
      .map(({ bits, at, to }) => {
        const capacity = 8 / bits;
        const bytes = code.let(`v128.load(w${panel}, ${at + 32 * Math.floor(j / capacity) + 16 * h})`);
        return code.let(`v128.and(${shifted(bytes, to - bits * (j % capacity))}, ${maskName(bits, to)})`);
      })
      .reduce((low, high) => code.let(`v128.or(${low}, ${high})`)),
  );
}

/** Σ level·x of one token over the columns of group g as i32. */
export function writtenSums(code: Code, format: PanelFormat, shape: TileShape, g: number): Values {
  const steps = format.group / 4;
  const fit = Math.min(steps, dotsThatFit(format));
  const sums = tablesOf(format).map((table) => {
    const product = format.values ? "dotValues" : "dot8";
    const parts = range(Math.ceil(steps / fit)).map((part) => {
      const dots = range(Math.min(fit, steps - fit * part)).map((step) => {
        const j = steps * g + fit * part + step;
        const x = code.let(`v128.load32_splat(x, ${4 * j})`);
        const q = levels(code, format, shape, j);
        return q.map((level) =>
          code.let(`${product}(${x}, ${table === null ? level : code.let(`lookUp(${table}, ${level})`)})`),
        );
      });
      if (format.values) return add(code, "i32x4", dots);
      const narrow = add(code, "i16x8", dots);
      return narrow.map((sum) => code.let(`i32x4.extadd_pairwise_i16x8_s(${sum})`));
    });
    return add(code, "i32x4", parts);
  });
  return joinDigits(code, sums);
}

/** The same of whole bytes beside 16-bit activations, two columns a step. */
export function writtenWords(code: Code, { rows }: TileShape): Values {
  const products = range(16).map((j) => {
    const x = code.let(`v128.load32_splat(x, ${4 * j})`);
    return rows.map(({ h, panel }) =>
      code.let(`i32x4.dot_i16x8_s(${code.let(`v128.load8x8_s(w${panel}, ${16 * j + 8 * h})`)}, ${x})`),
    );
  });
  return add(code, "i32x4", products);
}
