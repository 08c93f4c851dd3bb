import { normalizeAxis } from "../../layout.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { cast } from "../cast.ts";
import { eq, lt, ne } from "../compare.ts";
import { logicalAnd, logicalNot, logicalOr } from "../composed/logical.ts";
import { runFused } from "../dispatch.ts";
import { arange } from "../fill.ts";
import { sum } from "../reduce.ts";
import { transpose, unsqueeze } from "../view.ts";
import { where } from "../where.ts";

export interface SortOptions {
  /** Largest first, NaN before all; default false: smallest first, NaN after all. */
  readonly descending?: boolean;
}

const sortOptions: OptionNames<SortOptions> = { descending: true };

/** Whether the largest comes first. @throws ArgumentError for unknown options */
export function isDescending(op: string, options: SortOptions): boolean {
  checkOptionNames(op, options, sortOptions);
  return options.descending ?? false;
}

/** Definition for x `[..., R]`, by R² comparisons: an element's place is the number of elements that come before it. */
export function composeArgsort(x: Tensor, descending: boolean): Tensor {
  return scope(() => {
    const positions = arange(x.backend, 0, x.shape[x.rank - 1]); // [R]
    const [own, other] = [unsqueeze(x, -1), unsqueeze(x, -2)]; // [..., R, 1], [..., 1, R]
    const [ownNaN, otherNaN] = [ne(own, own), ne(other, other)];
    const better = descending
      ? logicalOr(lt(own, other), logicalAnd(otherNaN, logicalNot(ownNaN)))
      : logicalOr(lt(other, own), logicalAnd(ownNaN, logicalNot(otherNaN)));
    const equal = logicalOr(eq(own, other), logicalAnd(ownNaN, otherNaN));
    const before = logicalOr(better, logicalAnd(equal, lt(positions, unsqueeze(positions, 1)))); // [..., R, R]
    const places = sum(cast(before, "i32"), -1); // [..., R]
    const here = eq(unsqueeze(places, -2), unsqueeze(positions, 1)); // [..., place, position]
    return sum(where(here, positions, 0), -1);
  });
}

/**
 * Positions (i32) that sort x along one axis, the last by default. Equal elements keep their order, whichever way it is
 * sorted (NumPy's and PyTorch's stable sort); NaN counts as the largest.
 *
 * @returns a tensor of the shape of x
 * @throws ShapeError for an axis outside the rank, ArgumentError for unknown options
 * @example
 * console.log(await argsort(tensor(backend, [2, 3, 1])).toArray()); // [ 2, 0, 1 ]
 */
export function argsort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  const descending = isDescending("argsort", options);
  const at = normalizeAxis("argsort", axis, x.rank);
  const run = (t: Tensor): Tensor =>
    runFused("argsort", t.backend, { shape: t.shape, dtype: "i32" }, { x: t }, { descending }, () =>
      composeArgsort(t, descending),
    );
  if (at === x.rank - 1) return run(x);
  return scope(() => transpose(run(transpose(x, at, -1)), at, -1));
}
