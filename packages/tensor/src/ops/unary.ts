import { DTypeError } from "../errors.ts";
import { isFloat } from "../dtypes/dtype.ts";
import type { UnaryOp } from "../contract/kernels.ts";
import type { Tensor } from "../tensor.ts";
import { runCore } from "./dispatch.ts";

function unary(op: UnaryOp, x: Tensor): Tensor {
  const ok = isFloat(x.dtype) || ((op === "neg" || op === "abs") && x.dtype !== "bool");
  if (!ok) throw new DTypeError(op, `x is ${x.dtype}; expected f32, f16 or bf16`, { given: x.dtype });
  return runCore("unary", x.backend, { shape: x.shape, dtype: x.dtype }, { x }, { op });
}

/** −x; integers wrap. */
export const neg = (x: Tensor): Tensor => unary("neg", x);
/**
 * |x|; integers wrap.
 *
 * @example
 * console.log(await abs(tensor(backend, [-2, 3])).toArray()); // [ 2, 3 ]
 */
export const abs = (x: Tensor): Tensor => unary("abs", x);
/**
 * eˣ, element by element, in the dtype of x (f32, f16 or bf16). A new tensor of the same shape.
 *
 * @throws DTypeError for other dtypes
 * @example
 * console.log(await exp(tensor(backend, [0, -Infinity])).toArray()); // [ 1, 0 ]
 */
export const exp = (x: Tensor): Tensor => unary("exp", x);
/**
 * ln x
 *
 * @example
 * console.log(await log(tensor(backend, [1, 0])).toArray()); // [ 0, -Infinity ]
 */
export const log = (x: Tensor): Tensor => unary("log", x);
/**
 * √x
 *
 * @example
 * console.log(await sqrt(tensor(backend, [9, -1])).toArray()); // [ 3, NaN ]
 */
export const sqrt = (x: Tensor): Tensor => unary("sqrt", x);
/** 1/√x */
export const rsqrt = (x: Tensor): Tensor => unary("rsqrt", x);
/** sin x, radians */
export const sin = (x: Tensor): Tensor => unary("sin", x);
/** cos x, radians */
export const cos = (x: Tensor): Tensor => unary("cos", x);
/** tanh x */
export const tanh = (x: Tensor): Tensor => unary("tanh", x);
/** erf x = 2/√π ∫₀ˣ e^(−t²) dt */
export const erf = (x: Tensor): Tensor => unary("erf", x);
