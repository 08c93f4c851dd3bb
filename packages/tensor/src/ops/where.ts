import { DTypeError } from "../errors.ts";
import { broadcastShapes } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import type { Operand2 } from "./binary.ts";
import { commonBackend, commonDType, runCore } from "./dispatch.ts";
import { full } from "./fill.ts";
import { expand } from "./view.ts";

/** `condition ? a : b` element by element, all broadcast; a number takes the dtype of a. */
export function where(condition: Tensor, a: Tensor, b: Operand2): Tensor {
  if (condition.dtype !== "bool")
    throw new DTypeError("where", `condition is ${condition.dtype}; expected bool`, { given: condition.dtype });
  return scope(() => {
    const other = typeof b === "number" ? full(a.backend, [], b, a.dtype) : b;
    const backend = commonBackend("where", condition, a, other);
    const dtype = commonDType("where", a, other);
    const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, other.shape));
    const inputs = { condition: expand(condition, shape), a: expand(a, shape), b: expand(other, shape) };
    return runCore("where", backend, { shape, dtype }, inputs, {});
  });
}
