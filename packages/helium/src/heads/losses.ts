import {
  abs,
  add,
  arange,
  cast,
  div,
  eq,
  exp,
  log,
  max,
  maximum,
  mul,
  neg,
  reshape,
  scope,
  sub,
  sum,
  tensor,
  where,
  type Tensor,
} from "@helium-lm/tensor";
import { InputError } from "../errors.ts";

/** Label of positions that do not count. */
export const IGNORE_INDEX = -100;

/**
 * Mean cross-entropy `−log softmax(logits)[label]` over the rows whose label is not −100, in f32.
 *
 * @param logits `[N, classes]`
 * @param labels N integers in `[0, classes)` or −100
 * @param count divisor in place of the number of rows that count (transformers' `num_items_in_batch`)
 * @returns a scalar; NaN when no row counts
 * @throws InputError
 */
export function crossEntropy(logits: Tensor, labels: readonly number[], count?: number): Tensor {
  const [N, classes] = logits.shape as [number, number];
  if (labels.length !== N)
    throw new InputError("labels", `${labels.length} labels for ${N} rows of logits`, {
      given: labels.length,
      expected: N,
    });
  const bad = labels.findIndex((y) => !Number.isInteger(y) || (y !== IGNORE_INDEX && (y < 0 || y >= classes)));
  if (bad >= 0)
    throw new InputError("labels", `${labels[bad]} at ${bad} is outside [0, ${classes}) and not ${IGNORE_INDEX}`, {
      given: labels[bad],
      classes,
    });
  return scope(() => {
    const wide = cast(logits, "f32");
    const top = max(wide, -1, { keepDims: true }); // [N, 1]
    const logSum = add(log(sum(exp(sub(wide, top)), -1)), reshape(top, [N])); // [N]
    const target = tensor(logits.backend, labels, { shape: [N, 1], dtype: "i32" });
    const picked = sum(where(eq(arange(logits.backend, 0, classes), target), wide, 0), -1); // [N]
    const counts = tensor(
      logits.backend,
      labels.map((y) => (y === IGNORE_INDEX ? 0 : 1)),
      { dtype: "bool" },
    );
    const total = sum(where(counts, sub(logSum, picked), 0), 0);
    return div(total, count ?? labels.filter((y) => y !== IGNORE_INDEX).length);
  });
}

/** Mean squared error over all elements. */
export function meanSquaredError(logits: Tensor, targets: readonly number[]): Tensor {
  return scope(() => {
    const error = sub(cast(logits, "f32"), tensor(logits.backend, targets, { shape: logits.shape }));
    return meanOf(mul(error, error));
  });
}

/** Mean binary cross-entropy on logits, `max(x, 0) − x·y + ln(1 + e^(−|x|))`, over all elements. */
export function binaryCrossEntropy(logits: Tensor, targets: readonly number[]): Tensor {
  return scope(() => {
    const x = cast(logits, "f32");
    const y = tensor(logits.backend, targets, { shape: logits.shape });
    return meanOf(add(sub(maximum(x, 0), mul(x, y)), log(add(exp(neg(abs(x))), 1))));
  });
}

function meanOf(x: Tensor): Tensor {
  return div(sum(reshape(x, [x.size]), 0), x.size);
}
