import { DTypeError } from "../../errors.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { div, maximum, minimum, sub } from "../binary.ts";
import { asDType, cast } from "../cast.ts";
import { eq, ge, gt, le, lt } from "../compare.ts";
import { logicalAnd, logicalOr } from "../composed/logical.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { arange, zeros } from "../fill.ts";
import { argmax, max } from "../reduce.ts";
import { abs } from "../unary.ts";
import { reshape } from "../view.ts";
import { where } from "../where.ts";
import { argsort } from "./argsort.ts";
import { cumsum } from "./cumsum.ts";
import { requireLogits } from "./log-probs-of.ts";
import { softmax } from "./softmax.ts";
import { takeFromRows } from "./take-from-rows.ts";

/** How each row is sampled, each `[M]`: rows of one call may differ. */
export interface SamplingTensors {
  /** f32; 0 = the largest logit, whatever the others say. */
  readonly temperature: Tensor;
  /** i32; 0 or less = all. */
  readonly topK: Tensor;
  /** f32; 1 or more = all. */
  readonly topP: Tensor;
  /** f32 in [0, 1): the row's random number, of a generator that counts, so that a draw depends on nothing else. */
  readonly uniform: Tensor;
}

/** Definition, in f32 and by sorting every row. */
export function composeSampleTokens(logits: Tensor, { temperature, topK, topP, uniform }: SamplingTensors): Tensor {
  return scope(() => {
    const [M, V] = logits.shape as [number, number];
    if (M === 0) return zeros(logits.backend, [0], "i32");
    const column = (t: Tensor): Tensor => reshape(t, [M, 1]);
    const [T, k, p, u] = [temperature, topK, topP, uniform].map(column) as [Tensor, Tensor, Tensor, Tensor];
    const greedy = argmax(logits, -1, { keepDims: true }); // [M, 1]
    const top = max(logits, -1, { keepDims: true });
    const positions = arange(logits.backend, 0, V);
    const scores = div(logits, where(gt(T, 0), T, 1));
    // Rising, of equals the first first: removed are those at the start.
    const order = argsort(scores);
    const sorted = takeFromRows(scores, order);
    const all = logicalOr(le(k, 0), ge(k, V));
    const threshold = takeFromRows(sorted, where(all, 0, sub(V, minimum(maximum(k, 1), V)))); // [M, 1]
    const largest = where(ge(sorted, threshold), sorted, -Infinity);
    const isTail = logicalAnd(le(cumsum(softmax(largest), -1), sub(1, p)), lt(p, 1));
    const nucleus = where(logicalAnd(isTail, lt(positions, V - 1)), -Infinity, largest);
    const probabilities = softmax(takeFromRows(nucleus, argsort(order))); // in the vocabulary's order again
    const isPossible = gt(probabilities, 0);
    const hits = where(logicalAnd(isPossible, gt(cumsum(probabilities, -1), u)), 1, 0);
    const last = max(where(isPossible, positions, 0), -1, { keepDims: true });
    const drawn = where(eq(max(hits, -1, { keepDims: true }), 1), argmax(hits, -1, { keepDims: true }), last);
    const isDrawn = logicalAnd(gt(T, 0), lt(abs(top), Infinity));
    return reshape(where(isDrawn, cast(drawn, "i32"), greedy), [M]);
  });
}

/**
 * A token of each row of logits `[M, V]`, in transformers' order: `logits / temperature`; of these the `topK` largest and
 * what equals the last of them; of these, from the smallest on (of equals the first), those whose probabilities add up to
 * at most `1 − topP` are left out, but never the largest; then the first whose running sum of the probabilities of what
 * is left, in the order of the vocabulary, exceeds `uniform`. A row reads no other.
 *
 * Greedy, the first of the largest: rows of temperature 0, and those that have NaN (its place), +∞ or nothing but −∞.
 *
 * @param logits `[M, V]`, f32, f16 or bf16
 * @returns `[M]` i32, the caller's to dispose
 * @throws ShapeError, DTypeError
 * @example
 * const row = (value: number): Tensor => full(backend, [1], value);
 * const options = { temperature: row(0.7), topK: full(backend, [1], 50, "i32"), topP: row(0.9) };
 * const token = sampleTokens(logits, { ...options, uniform: row(random.uniform()) }); // [1, V] → [1]
 */
export function sampleTokens(logits: Tensor, options: SamplingTensors): Tensor {
  const { temperature, topK, topP, uniform } = options;
  const backend = commonBackend("sampleTokens", logits, temperature, topK, topP, uniform);
  requireFloat("sampleTokens", "logits", logits);
  requireLogits("sampleTokens", logits);
  const [M] = logits.shape;
  for (const name of ["temperature", "topK", "topP", "uniform"] as const) {
    const dtype = name === "topK" ? "i32" : "f32";
    if (options[name].dtype !== dtype)
      throw new DTypeError("sampleTokens", `${name} is ${options[name].dtype}; expected ${dtype}`, {
        given: options[name].dtype,
        argument: name,
      });
    requireShape("sampleTokens", name, options[name], [M]);
  }
  return scope(() => {
    const wide = asDType(logits, "f32");
    const inputs = { logits: wide, temperature, topK, topP, uniform };
    return runFused("sampleTokens", backend, { shape: [M], dtype: "i32" }, inputs, {}, () =>
      composeSampleTokens(wide, options),
    );
  });
}
