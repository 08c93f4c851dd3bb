import { isFloat } from "../dtypes/dtype.ts";
import { DTypeError } from "../errors.ts";
import type { BinaryOp } from "../contract/kernels.ts";
import { broadcastShapes } from "../layout.ts";
import { scope } from "../scope.ts";
import { commonBackend, commonDType, runCore } from "./dispatch.ts";
import { asTensors, type BinaryFunction, type Operand2 } from "./operands.ts";
import { expand } from "./view.ts";

const binary =
  (op: BinaryOp): BinaryFunction =>
  (a: Operand2, b: Operand2) =>
    scope(() => {
      const [left, right] = asTensors(op, a, b);
      const backend = commonBackend(op, left, right);
      const dtype = commonDType(op, left, right);
      if (dtype === "bool" || ((op === "div" || op === "pow") && !isFloat(dtype)))
        throw new DTypeError(op, `${dtype} is not taken; cast() to a float dtype`, { given: dtype });
      const shape = broadcastShapes(op, left.shape, right.shape);
      const inputs = { a: expand(left, shape), b: expand(right, shape) };
      return runCore("binary", backend, { shape, dtype }, inputs, { op });
    });

/**
 * a + b, broadcast; integers wrap. Either may be a number; the result belongs to the scope around the call, or to the caller.
 *
 * @throws ShapeError where the shapes do not broadcast, DTypeError where the dtypes differ
 * @example
 * const sums = add(tensor(backend, [[1], [2]]), tensor(backend, [10, 20])); // [2, 1] + [2] → [2, 2]
 * console.log(await sums.toArray()); // [ [ 11, 21 ], [ 12, 22 ] ]
 */
export const add = binary("add");
/**
 * a − b, broadcast; integers wrap.
 *
 * @example
 * console.log(await sub(10, tensor(backend, [1, 2])).toArray()); // [ 9, 8 ]
 */
export const sub = binary("sub");
/**
 * a·b, broadcast; integers wrap. Either may be a number.
 *
 * @throws as `add`
 * @example
 * console.log(await mul(tensor(backend, [1, 2]), 10).toArray()); // [ 10, 20 ]
 */
export const mul = binary("mul");
/**
 * a / b, broadcast; floats only.
 *
 * @example
 * console.log(await div(tensor(backend, [1, -1, 0]), 0).toArray()); // [ Infinity, -Infinity, NaN ]
 */
export const div = binary("div");
/**
 * Larger of a and b, broadcast; NaN if either is (NumPy's maximum).
 *
 * @example
 * console.log(await maximum(tensor(backend, [-1, 2]), 0).toArray()); // [ 0, 2 ]
 */
export const maximum = binary("max");
/**
 * Smaller of a and b, broadcast; NaN if either is (NumPy's minimum).
 *
 * @example
 * console.log(await minimum(tensor(backend, [-1, 2]), 0).toArray()); // [ -1, 0 ]
 */
export const minimum = binary("min");
/**
 * aᵇ, broadcast, as IEEE 754 pow; floats only.
 *
 * @example
 * console.log(await pow(tensor(backend, [1, 2, 3]), 2).toArray()); // [ 1, 4, 9 ]
 */
export const pow = binary("pow");
