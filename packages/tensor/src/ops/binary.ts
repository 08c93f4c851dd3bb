import { isFloat } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import type { BinaryOp } from "../kernels.ts";
import { broadcastShapes } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { commonBackend, commonDType, runCore } from "./dispatch.ts";
import { full } from "./fill.ts";
import { expand } from "./view.ts";

/** A tensor, or a number that takes the other operand's dtype. */
export type Operand2 = Tensor | number;

function binary(op: BinaryOp, a: Tensor, b: Operand2): Tensor {
  return scope(() => {
    const right = typeof b === "number" ? full(a.backend, [], b, a.dtype) : b;
    const backend = commonBackend(op, a, right);
    const dtype = commonDType(op, a, right);
    if (dtype === "bool" || ((op === "div" || op === "pow") && !isFloat(dtype)))
      throw new DTypeError(op, `${dtype} is not taken; cast() to a float dtype`, { given: dtype });
    const shape = broadcastShapes(op, a.shape, right.shape);
    return runCore("binary", backend, { shape, dtype }, { a: expand(a, shape), b: expand(right, shape) }, { op });
  });
}

/** a + b, broadcast; integers wrap. */
export const add = (a: Tensor, b: Operand2): Tensor => binary("add", a, b);
/** a − b, broadcast; integers wrap. */
export const sub = (a: Tensor, b: Operand2): Tensor => binary("sub", a, b);
/** a·b, broadcast; integers wrap. */
export const mul = (a: Tensor, b: Operand2): Tensor => binary("mul", a, b);
/** a / b, broadcast; floats only. */
export const div = (a: Tensor, b: Operand2): Tensor => binary("div", a, b);
/** Larger of a and b, broadcast; NaN if either is (NumPy's maximum). */
export const maximum = (a: Tensor, b: Operand2): Tensor => binary("max", a, b);
/** Smaller of a and b, broadcast; NaN if either is (NumPy's minimum). */
export const minimum = (a: Tensor, b: Operand2): Tensor => binary("min", a, b);
/** aᵇ, broadcast, as IEEE 754 pow; floats only. */
export const pow = (a: Tensor, b: Operand2): Tensor => binary("pow", a, b);
