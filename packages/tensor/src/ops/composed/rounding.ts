import { isFloat } from "../../dtypes/dtype.ts";
import { DTypeError } from "../../errors.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, sub } from "../binary.ts";
import { asDType } from "../cast.ts";
import { eq, gt, lt } from "../compare.ts";
import { copy } from "../copy.ts";
import { abs, neg } from "../unary.ts";
import { where } from "../where.ts";

/** 2²³: an f32 of this size is whole, and adding it to a smaller one rounds that to a whole number, half to even. */
const WHOLE = 2 ** 23;

/** Whole numbers nearest to f32 x, with the sign of x, of a zero too. */
function nearest(x: Tensor): Tensor {
  const size = abs(x);
  const whole = where(lt(size, WHOLE), sub(add(size, WHOLE), WHOLE), size);
  return where(eq(whole, size), x, where(lt(x, 0), neg(whole), whole));
}

function below(x: Tensor): Tensor {
  const whole = nearest(x);
  return where(lt(x, whole), sub(whole, 1), whole);
}

/** Rounds in f32, which holds every f16 and bf16. Integers are whole already. */
function rounded(op: string, x: Tensor, fn: (wide: Tensor) => Tensor): Tensor {
  if (x.dtype === "bool") throw new DTypeError(op, "x is bool; cast() it to a number", { given: x.dtype });
  if (!isFloat(x.dtype)) return copy(x);
  return scope(() => asDType(fn(asDType(x, "f32")), x.dtype));
}

/**
 * Nearest whole number, halves to the even one (NumPy's and PyTorch's round): 0.5 → 0, 1.5 → 2.
 *
 * @throws DTypeError for bool
 * @example
 * console.log(await round(tensor(backend, [0.5, 1.5, -2.4])).toArray()); // [ 0, 2, -2 ]
 */
export const round = (x: Tensor): Tensor => rounded("round", x, nearest);
/** Largest whole number ≤ x. @throws DTypeError for bool */
export const floor = (x: Tensor): Tensor => rounded("floor", x, below);
/** Smallest whole number ≥ x. @throws DTypeError for bool */
export const ceil = (x: Tensor): Tensor => rounded("ceil", x, (wide) => neg(below(neg(wide))));

/** −1, 0 or 1 by the sign of x, in its dtype; NaN stays NaN. @throws DTypeError for bool */
export function sign(x: Tensor): Tensor {
  if (x.dtype === "bool") throw new DTypeError("sign", "x is bool; cast() it to a number", { given: x.dtype });
  return scope(() => {
    const small = where(eq(x, 0), 0, x); // NaN is neither above nor below 0
    const unsigned = x.dtype === "u32" || x.dtype === "u8";
    return where(gt(x, 0), 1, unsigned ? small : where(lt(x, 0), -1, small));
  });
}
