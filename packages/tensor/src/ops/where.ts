import { DTypeError } from "../errors.ts";
import { broadcastShapes } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { commonBackend, commonDType, runCore } from "./dispatch.ts";
import { full } from "./fill.ts";
import { asTensors, type Operand2 } from "./operands.ts";
import { expand } from "./view.ts";

/**
 * `condition ? a : b` element by element, all broadcast. A number takes the other branch's dtype; two numbers give f32.
 *
 * @throws DTypeError unless condition is bool and a and b share a dtype; ShapeError where the shapes do not broadcast
 * @example
 * const x = tensor(backend, [-1, 2, -3]);
 * console.log(await where(lt(x, 0), 0, x).toArray()); // [ 0, 2, 0 ]
 */
export function where(condition: Tensor, a: Operand2, b: Operand2): Tensor {
  if (condition.dtype !== "bool")
    throw new DTypeError("where", `condition is ${condition.dtype}; expected bool, as of lt() or cast(…, "bool")`, {
      given: condition.dtype,
    });
  return scope(() => {
    const given = typeof a === "number" && typeof b === "number" ? full(condition.backend, [], a) : a;
    const [left, right] = asTensors("where", given, b);
    const backend = commonBackend("where", condition, left, right);
    const dtype = commonDType("where", left, right);
    const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", left.shape, right.shape));
    const inputs = { condition: expand(condition, shape), a: expand(left, shape), b: expand(right, shape) };
    return runCore("where", backend, { shape, dtype }, inputs, {});
  });
}

/**
 * x with `value` where mask (bool, broadcast) is true: `mask ? value : x`. A new tensor.
 *
 * @throws DTypeError unless mask is bool
 * @example
 * const scores = tensor(backend, [3, 1, 2]);
 * console.log(await maskedFill(scores, lt(scores, 2), -Infinity).toArray()); // [ 3, -Infinity, 2 ]
 */
export const maskedFill = (x: Tensor, mask: Tensor, value: number): Tensor => where(mask, value, x);
