import type { CoreKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { walk } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { Shards } from "../storage.ts";
import { foldParts, foldRows, maxFold, PARTS, rowsOf, sumFold, type Fold, type Rows } from "./fold-rows.ts";

/** Lines that make `value` at `at` the best if it is larger than `best`; NaN is larger than any number. */
const compareWithBest = (text: KernelText, value: string, at: string): void => {
  text.line(`let better = (${value} > best ? 1.0 : 0.0);`);
  // Only NaN differs from itself; it beats every number, and no number beats it.
  text.line(`if (best === best) { better = (${value} === ${value} ? better : 1.0); }`);
  text.line("if (total < 0) { better = 1; }");
  text.line(`if (better > 0) { best = ${value}; total = ${at}; }`);
};

/** Position of the first largest element; −1 for a part without elements. */
const argmaxFold: Fold = {
  start(text) {
    text.float("best", "0");
    text.float("total", "-1");
  },
  step: compareWithBest,
};

/** Among the candidates `[count, PARTS]` of each row, the one with the first largest element. */
function* bestCandidate(context: KernelContext, rows: Rows, candidates: Shards): Steps<Shards> {
  const text = new KernelText(rows.count);
  const read = text.input("x", rows.source);
  const candidate = text.input("candidates", candidates);
  text.argument("parts", "Integer", PARTS);
  text.argument("xStep", "Integer", rows.step);
  const [start = "i"] = walk(text, "i", rows.layout.shape, [{ name: "x", layout: rows.layout }]);
  argmaxFold.start(text);
  text.loop("k", PARTS, "parts", () => {
    const position = text.float("position", candidate("i * parts + k"));
    text.line(`if (${position} >= 0) {`);
    const at = text.int("at", text.call("toInteger", position));
    compareWithBest(text, text.float("value", read(`${start} + ${at} * xStep`)), position);
    text.line("}");
  });
  text.line("return total;");
  return yield* context.execute("argmax", text);
}

function* argmax(context: KernelContext, rows: Rows): Steps<Shards> {
  if (rows.length <= PARTS) return yield* foldParts(context, "argmax", rows, 1, argmaxFold);
  const candidates = yield* foldParts(context, "argmax", rows, PARTS, argmaxFold);
  try {
    return yield* bestCandidate(context, rows, candidates);
  } finally {
    context.residency.free(candidates);
  }
}

export const reduceKernels = (context: KernelContext): Pick<CoreKernels, "reduce"> => ({
  reduce(out, { x }, { op }) {
    context.schedule(op, out, [x], function* (target) {
      const rows = yield* rowsOf(context, op, x);
      // An empty sum is the 0 that a new storage holds.
      if (rows.count === 0 || rows.length === 0) return;
      const fold = op === "sum" ? sumFold : maxFold;
      const result =
        op === "argmax"
          ? yield* argmax(context, rows)
          : yield* foldRows(context, op, rows, fold, fold, { dtype: out.dtype });
      context.residency.putDevice(target, result);
    });
  },
});
