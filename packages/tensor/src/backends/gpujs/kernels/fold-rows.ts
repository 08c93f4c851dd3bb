import type { Operand } from "../../../contract/operand.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { sizeOf, type Layout } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { walk } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { Constant, Shards } from "../storage.ts";

/** Above this length a row is folded in parts side by side, then the parts. */
const SPLIT_FROM = 128;
export const PARTS = 32;

/** The rows of an operand `[..., C]`: layout of the rows, and length and step of the elements in one. */
export interface Rows {
  readonly source: Shards | Constant;
  readonly layout: Layout;
  readonly count: number;
  readonly length: number;
  readonly step: number;
}

export function* rowsOf(context: KernelContext, op: string, x: Operand): Steps<Rows> {
  const { shape, strides, offset } = x.layout;
  const layout = { shape: shape.slice(0, -1), strides: strides.slice(0, -1), offset };
  const source = yield* context.source(op, x);
  return { source, layout, count: sizeOf(layout.shape), length: shape.at(-1) ?? 1, step: strides.at(-1) ?? 0 };
}

/** Rows that lie one after the other on the device. */
export function denseRows(source: Shards, count: number, length: number): Rows {
  return { source, layout: { shape: [count], strides: [length], offset: 0 }, count, length, step: 1 };
}

/** How the elements of a row become one number, `total`. */
export interface Fold {
  /** Lines before the loop; declare `total`. */
  readonly start: (text: KernelText) => void;
  /** Lines for one element: `value` its expression, `at` its position in the row (an integer expression). */
  readonly step: (text: KernelText, value: string, at: string) => void;
  /** The row's number as an expression; by default `total`. */
  readonly end?: (text: KernelText) => string;
}

/** Numbers that a fold reads besides the row, one per row: e.g. its maximum as `top`. */
export type PerRow = Readonly<Record<string, Shards>>;

interface FoldOptions {
  readonly perRow?: PerRow;
  /** Dtype that the results are rounded to. */
  readonly dtype?: DType;
}

/**
 * Folds every row to one number. Long rows are first folded in parts of consecutive elements, one thread each, by
 * `inner`, then the parts by `outer`: the order depends on the row's length alone, so a row's result does not depend on
 * its neighbours. The result is the caller's to free.
 */
export function* foldRows(
  context: KernelContext,
  op: string,
  rows: Rows,
  inner: Fold,
  outer: Fold,
  options: FoldOptions = {},
): Steps<Shards> {
  if (rows.length <= SPLIT_FROM) return yield* foldParts(context, op, rows, 1, { ...inner, end: outer.end }, options);
  const partial = yield* foldParts(context, op, rows, PARTS, inner, { perRow: options.perRow ?? {} });
  try {
    const dtype = options.dtype ?? "f32";
    return yield* foldParts(context, op, denseRows(partial, rows.count, PARTS), 1, outer, { dtype });
  } finally {
    context.residency.free(partial);
  }
}

/** One number per part of each row: `[count, parts]`, row by row. */
export function* foldParts(
  context: KernelContext,
  op: string,
  { source, layout, count, length, step }: Rows,
  parts: number,
  fold: Fold,
  { perRow = {}, dtype = "f32" }: FoldOptions = {},
): Steps<Shards> {
  const text = new KernelText(count * parts);
  const read = text.input("x", source);
  const width = Math.ceil(length / parts);
  text.argument("width", "Integer", width);
  text.argument("xStep", "Integer", step);
  let row = "i";
  let at = "k";
  if (parts > 1) {
    const extent = text.argument("parts", "Integer", parts);
    row = text.int("row", text.div("i", extent));
    text.int("first", `(i - row * ${extent}) * width`);
    text.argument("rowLength", "Integer", length);
    at = "at";
  }
  const [start = "i"] = walk(text, row, layout.shape, [{ name: "x", layout }]);
  for (const [name, shards] of Object.entries(perRow)) text.float(name, text.input(`${name}s`, shards)(row));
  fold.start(text);
  text.loop("k", width, "width", () => {
    if (parts > 1) {
      text.int("at", "first + k");
      text.line("if (at >= rowLength) { break; }");
    }
    fold.step(text, text.float("value", read(`${start} + ${at} * xStep`)), at);
  });
  text.result(fold.end?.(text) ?? "total", dtype);
  return yield* context.execute(op, text);
}

/** `Σ term(x)` */
export const sumOf = (term: (text: KernelText, value: string) => string, end?: Fold["end"]): Fold => ({
  start: (text) => text.float("total", "0"),
  step: (text, value) => text.line(`total += ${term(text, value)};`),
  ...(end && { end }),
});

/** `Σ x` */
export const sumFold = sumOf((_, value) => value);

/** `max x`, NaN if any is. */
export const maxFold: Fold = {
  start: (text) => text.float("total", `-${text.call("infinity", "1")}`),
  step: (text, value) => text.line(`total = ${text.call("larger", value, "total")};`),
};
