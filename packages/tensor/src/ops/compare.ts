import type { CompareOp } from "../kernels.ts";
import { broadcastShapes } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import type { Operand2 } from "./binary.ts";
import { commonBackend, commonDType, runCore } from "./dispatch.ts";
import { full } from "./fill.ts";
import { expand } from "./view.ts";

function compare(op: CompareOp, a: Tensor, b: Operand2): Tensor {
  return scope(() => {
    const right = typeof b === "number" ? full(a.backend, [], b, a.dtype) : b;
    const backend = commonBackend(op, a, right);
    commonDType(op, a, right);
    const shape = broadcastShapes(op, a.shape, right.shape);
    const inputs = { a: expand(a, shape), b: expand(right, shape) };
    return runCore("compare", backend, { shape, dtype: "bool" }, inputs, { op });
  });
}

/** a = b as bool, broadcast; false where either is NaN. */
export const eq = (a: Tensor, b: Operand2): Tensor => compare("eq", a, b);
/** a < b as bool, broadcast; false where either is NaN. */
export const lt = (a: Tensor, b: Operand2): Tensor => compare("lt", a, b);
/** a ≤ b as bool, broadcast; false where either is NaN. */
export const le = (a: Tensor, b: Operand2): Tensor => compare("le", a, b);
