import type { Operand } from "../../../contract/operand.ts";
import { sizeOf } from "../../../layout.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { unravel, walk } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { GpuJsStorage } from "../storage.ts";
import { foldRows, maxFold, rowsOf, sumFold, sumOf, type PerRow } from "./fold-rows.ts";

/**
 * out `[..., C]` from x, numbers per row and numbers per column: `compute` gives the expression from `value`, the names
 * of `perRow` and those of `perColumn`.
 */
function* acrossRows(
  context: KernelContext,
  op: string,
  target: GpuJsStorage,
  out: Operand,
  x: Operand,
  perRow: PerRow,
  perColumn: Readonly<Record<string, Operand>>,
  compute: (text: KernelText) => string,
): Steps<void> {
  const { shape } = out.layout;
  const text = new KernelText(sizeOf(shape));
  const read = text.input("x", yield* context.source(op, x));
  const [at = "i"] = walk(text, "i", shape, [{ name: "x", layout: x.layout }]);
  const [row = "i", column = "i"] = unravel(text, "i", [
    ["row", 1],
    ["column", shape.at(-1) ?? 1],
  ]);
  for (const [name, shards] of Object.entries(perRow)) text.float(name, text.input(`${name}s`, shards)(row));
  for (const [name, operand] of Object.entries(perColumn)) {
    const readColumn = text.input(`${name}s`, yield* context.source(op, operand));
    const offset = text.argument(`${name}Offset`, "Integer", operand.layout.offset);
    const step = text.argument(`${name}Step`, "Integer", operand.layout.strides[0] ?? 0);
    text.float(name, readColumn(`${offset} + ${column} * ${step}`));
  }
  text.float("value", read(at));
  text.result(compute(text), out.dtype);
  context.residency.putDevice(target, yield* context.execute(op, text));
}

/** Softmax and norms: folds of each row, then one pass over all elements. */
export const rowKernels = (context: KernelContext): Pick<FusedKernels, "softmax" | "rmsNorm" | "layerNorm"> => {
  /** Runs `work` with the folds it asks for and frees them afterwards. */
  function* withFolds(work: (keep: (fold: PerRow[string]) => PerRow[string]) => Steps<void>): Steps<void> {
    const folds: PerRow[string][] = [];
    try {
      yield* work((fold) => {
        folds.push(fold);
        return fold;
      });
    } finally {
      for (const fold of folds) context.residency.free(fold);
    }
  }

  return {
    softmax(out, { x }) {
      context.schedule("softmax", out, [x], (target) =>
        withFolds(function* (keep) {
          const op = "softmax";
          const rows = yield* rowsOf(context, op, x);
          if (rows.count * rows.length === 0) return;
          const top = keep(yield* foldRows(context, op, rows, maxFold, maxFold));
          const powers = sumOf((text, value) => text.call("exponential", `${value} - top`));
          const sum = keep(yield* foldRows(context, op, rows, powers, sumFold, { perRow: { top } }));
          yield* acrossRows(
            context,
            op,
            target,
            out,
            x,
            { top, sum },
            {},
            (text) => `${text.call("exponential", "value - top")} / sum`,
          );
        }),
      );
    },

    rmsNorm(out, { x, weight }, { eps, weightMode }) {
      context.schedule("rmsNorm", out, [x, weight], (target) =>
        withFolds(function* (keep) {
          const op = "rmsNorm";
          const rows = yield* rowsOf(context, op, x);
          if (rows.count * rows.length === 0) return;
          const squares = sumOf((_, value) => `${value} * ${value}`);
          const root = { ...sumFold, end: rootOfMean(rows.length, eps) };
          const scale = keep(yield* foldRows(context, op, rows, squares, root));
          const factor = weightMode === "one-plus" ? "(1 + weight)" : "weight";
          yield* acrossRows(context, op, target, out, x, { scale }, { weight }, () => `value * scale * ${factor}`);
        }),
      );
    },

    layerNorm(out, { x, weight, bias }, { eps }) {
      context.schedule("layerNorm", out, bias ? [x, weight, bias] : [x, weight], (target) =>
        withFolds(function* (keep) {
          const op = "layerNorm";
          const rows = yield* rowsOf(context, op, x);
          if (rows.count * rows.length === 0) return;
          const meanEnd = (text: KernelText): string => `total / ${text.argument("count", "Float", rows.length)}`;
          const mean = keep(yield* foldRows(context, op, rows, sumFold, { ...sumFold, end: meanEnd }));
          const squares = sumOf((_, value) => `(${value} - mean) * (${value} - mean)`);
          const root = { ...sumFold, end: rootOfMean(rows.length, eps) };
          const scale = keep(yield* foldRows(context, op, rows, squares, root, { perRow: { mean } }));
          const columns: Record<string, Operand> = bias ? { weight, bias } : { weight };
          yield* acrossRows(context, op, target, out, x, { mean, scale }, columns, (text) => {
            const shift = bias ? "bias" : text.argument("bias", "Float", 0);
            return `(value - mean) * scale * weight + ${shift}`;
          });
        }),
      );
    },
  };
};

/** `1/√(total/count + eps)` */
const rootOfMean =
  (length: number, eps: number) =>
  (text: KernelText): string =>
    `1 / Math.sqrt(total / ${text.argument("count", "Float", length)} + ${text.argument("eps", "Float", eps)})`;
