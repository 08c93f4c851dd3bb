import { ArgumentError } from "../../errors.ts";
import { formatShape, normalizeAxis, sizeOf } from "../../layout.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { copy } from "../copy.ts";
import { runFused } from "../dispatch.ts";
import { narrow, reshape, transpose } from "../view.ts";
import { argsort } from "./argsort.ts";
import { takeFromRows } from "./take-from-rows.ts";

/** The k largest or smallest elements, and where they stand. Both are the caller's to dispose. */
export interface TopK {
  readonly values: Tensor;
  /** Positions along the axis, i32. */
  readonly indices: Tensor;
}

export interface TopKOptions {
  /** Default true; false: the smallest. */
  readonly largest?: boolean;
}

const topkOptions: OptionNames<TopKOptions> = { largest: true };

/** Definition for x `[..., n]`: the start of `argsort(x)`, largest first. */
export function composeTopk(x: Tensor, k: number): Tensor {
  return firstOf(x, k, true);
}

/** Without the rest of the order. */
const firstOf = (x: Tensor, k: number, descending: boolean): Tensor =>
  scope(() => copy(narrow(argsort(x, -1, { descending }), -1, 0, k)));

/**
 * The k largest elements along one axis, the last by default, the largest first; with `largest: false` the k smallest,
 * the smallest first. NaN counts as the largest (PyTorch's topk); of equal elements the first comes first.
 *
 * @throws ShapeError for an axis outside the rank, ArgumentError unless 0 ≤ k ≤ its length
 * @example
 * const { values, indices } = topk(logits, 50); // [B, V] → [B, 50]
 */
export function topk(x: Tensor, k: number, axis = -1, options: TopKOptions = {}): TopK {
  checkOptionNames("topk", options, topkOptions);
  const { largest = true } = options;
  const at = normalizeAxis("topk", axis, x.rank);
  const n = x.shape[at];
  if (!Number.isInteger(k) || k < 0 || k > n)
    throw new ArgumentError(
      "topk",
      `k is ${k}; expected a whole number up to ${n} for axis ${axis} of ${formatShape(x.shape)}`,
      {
        given: k,
        shape: x.shape,
        axis,
      },
    );
  return scope(() => {
    const last = transpose(x, at, -1); // [..., n]
    const first = largest && k > 0 ? largestOf(last, k) : firstOf(last, k, largest); // [..., k]
    return { values: transpose(takeFromRows(last, first), at, -1), indices: transpose(first, at, -1) };
  });
}

function largestOf(x: Tensor, k: number): Tensor {
  const lead = x.shape.slice(0, -1);
  const rows = reshape(x, [sizeOf(lead), x.shape[x.rank - 1]]); // [M, n]
  const out = { shape: [sizeOf(lead), k], dtype: "i32" } as const;
  return reshape(
    runFused("topk", x.backend, out, { x: rows }, { k }, () => composeTopk(rows, k)),
    [...lead, k],
  );
}
