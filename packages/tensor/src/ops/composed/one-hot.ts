import { dtypeOption, type DTypeOption } from "../../dtypes/dtype-names.ts";
import { ArgumentError } from "../../errors.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { cast } from "../cast.ts";
import { eq } from "../compare.ts";
import { arange } from "../fill.ts";
import { checkedIndices, namingIndices, requireIndices } from "../indices.ts";
import { unsqueeze } from "../view.ts";

/**
 * 1 at each index and 0 elsewhere: indices `[…]` (i32) → `[…, classes]`, i32 by default.
 *
 * @throws DTypeError unless the indices are i32; ArgumentError for classes that are not a whole number, and for an index
 *   outside [0, classes) on backends with synchronous kernels (elsewhere the read of the result rejects)
 * @example
 * console.log(await oneHot(tensor(backend, [2, 0], { dtype: "i32" }), 3).toArray()); // [ [ 0, 0, 1 ], [ 1, 0, 0 ] ]
 */
export function oneHot(indices: Tensor, classes: number, options: DTypeOption = {}): Tensor {
  const dtype = dtypeOption("oneHot", options, "i32");
  requireIndices("oneHot", indices);
  if (!Number.isSafeInteger(classes) || classes < 0)
    throw new ArgumentError("oneHot", `classes is ${classes}; expected a whole number ≥ 0`, { given: classes });
  return scope(() => {
    const checked = namingIndices("oneHot", classes, 0, () => checkedIndices(indices, classes));
    return cast(eq(unsqueeze(checked, -1), arange(indices.backend, 0, classes)), dtype);
  });
}
