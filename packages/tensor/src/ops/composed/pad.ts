import { ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { full } from "../fill.ts";
import { sliceUpdate } from "../slice-update.ts";

export interface PadOptions {
  /** Of the new entries; default 0. */
  readonly value?: number;
}

const padOptions: OptionNames<PadOptions> = { value: true };

/**
 * x with `widths[k] = [before, after]` new entries around axis k, all of `value` (0 by default): NumPy's pad in its
 * constant mode, one pair per axis. A new tensor of the dtype of x.
 *
 * @throws ShapeError unless there is a pair of whole numbers ≥ 0 for every axis
 * @example
 * pad(x, [[0, 0], [1, 2]]); // [2, 3] → [2, 6]
 */
export function pad(
  x: Tensor,
  widths: readonly (readonly [before: number, after: number])[],
  options: PadOptions = {},
): Tensor {
  checkOptionNames("pad", options, padOptions);
  const { value = 0 } = options;
  if (widths.length !== x.rank || widths.flat().some((n) => !Number.isSafeInteger(n) || n < 0))
    throw new ShapeError(
      "pad",
      `widths ${JSON.stringify(widths)} do not fit ${formatShape(x.shape)}; expected [before, after] ≥ 0 for each axis`,
      { given: widths, shape: x.shape },
    );
  return scope(() => {
    const shape = x.shape.map((n, axis) => widths[axis][0] + n + widths[axis][1]);
    const out = full(x.backend, shape, value, x.dtype);
    sliceUpdate(
      out,
      x,
      widths.map(([before]) => before),
    );
    return out;
  });
}
