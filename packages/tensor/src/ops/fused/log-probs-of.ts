import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { asDType } from "../cast.ts";
import { logSoftmax } from "../composed/log-sum-exp.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { checkedIndices } from "../indices.ts";
import { reshape } from "../view.ts";
import { takeFromRows } from "./take-from-rows.ts";

/** Definition: `logSoftmax(logits)[m, targets[m]]`. */
export function composeLogProbsOf(logits: Tensor, targets: Tensor): Tensor {
  return scope(() => {
    const [M, V] = logits.shape as [number, number];
    const positions = reshape(checkedTargets(targets, V), [M, 1]);
    return reshape(takeFromRows(logSoftmax(logits), positions), [M]);
  });
}

/** The targets; the error of one outside [0, V) is this op's. */
function checkedTargets(targets: Tensor, V: number): Tensor {
  try {
    return checkedIndices(targets, V);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const found = error.message.replace(/^\w+: /, "");
    throw new ArgumentError("logProbsOf", `targets: ${found}`, error.details, { cause: error });
  }
}

/**
 * Log-probability of one target in each row: `logits[m, targets[m]] − ln Σᵥ exp(logits[m, v])`, in f32. A row reads no
 * other, and one number per row leaves the device where the whole row would.
 *
 * @param logits `[M, V]`, f32, f16 or bf16
 * @param targets `[M]` i32
 * @returns `[M]` f32, the caller's to dispose; NaN where the row has NaN, +∞ or nothing but −∞
 * @throws ShapeError, DTypeError; ArgumentError for a target outside [0, V), on backends with synchronous kernels (elsewhere
 *   the read of the result rejects)
 * @example
 * const scores = logProbsOf(logits, tensor(backend, [17, 4], { dtype: "i32" })); // [2, V], [2] → [2]
 */
export function logProbsOf(logits: Tensor, targets: Tensor): Tensor {
  const backend = commonBackend("logProbsOf", logits, targets);
  requireFloat("logProbsOf", "logits", logits);
  if (targets.dtype !== "i32")
    throw new DTypeError("logProbsOf", `targets are ${targets.dtype}; expected i32`, { given: targets.dtype });
  requireLogits("logProbsOf", logits);
  const [M] = logits.shape;
  requireShape("logProbsOf", "targets", targets, [M]);
  return scope(() => {
    const wide = asDType(logits, "f32");
    return runFused("logProbsOf", backend, { shape: [M], dtype: "f32" }, { logits: wide, targets }, {}, () =>
      composeLogProbsOf(wide, targets),
    );
  });
}

/** @throws ShapeError unless the tensor is `[M, V]` with V ≥ 1 */
export function requireLogits(op: string, logits: Tensor): void {
  if (logits.rank !== 2 || logits.shape[1] === 0)
    throw new ShapeError(op, `logits are ${formatShape(logits.shape)}; expected [M, V], V ≥ 1`, {
      logits: logits.shape,
    });
}
