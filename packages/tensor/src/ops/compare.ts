import type { CompareOp } from "../contract/kernels.ts";
import { broadcastShapes } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { commonBackend, commonDType, runCore } from "./dispatch.ts";
import { full } from "./fill.ts";
import { asTensors, type BinaryFunction, type Operand2 } from "./operands.ts";
import { expand } from "./view.ts";

/** The comparison `left op right`, under the name that the user called. */
function compare(name: string, op: CompareOp, left: Tensor, right: Tensor): Tensor {
  const backend = commonBackend(name, left, right);
  commonDType(name, left, right);
  const shape = broadcastShapes(name, left.shape, right.shape);
  const inputs = { a: expand(left, shape), b: expand(right, shape) };
  return runCore("compare", backend, { shape, dtype: "bool" }, inputs, { op });
}

const comparison =
  (op: CompareOp): BinaryFunction =>
  (a: Operand2, b: Operand2) =>
    scope(() => compare(op, op, ...asTensors(op, a, b)));

/** The same comparison with its operands swapped. */
const mirrored =
  (name: string, op: CompareOp): BinaryFunction =>
  (a: Operand2, b: Operand2) =>
    scope(() => {
      const [left, right] = asTensors(name, a, b);
      return compare(name, op, right, left);
    });

/**
 * a = b as bool, broadcast; false where either is NaN.
 *
 * @example
 * console.log(await eq(tensor(backend, [1, 2, NaN]), tensor(backend, [1, 3, NaN])).toArray()); // [ 1, 0, 0 ]
 */
export const eq = comparison("eq");
/**
 * a < b as bool, broadcast; false where either is NaN. Either may be a number.
 *
 * @throws ShapeError where the shapes do not broadcast, DTypeError where the dtypes differ
 * @example
 * console.log(await lt(tensor(backend, [1, 2, 3]), 2).toArray()); // [ 1, 0, 0 ]
 */
export const lt = comparison("lt");
/** a ≤ b as bool, broadcast; false where either is NaN. */
export const le = comparison("le");
/** a > b as bool, broadcast; false where either is NaN. */
export const gt = mirrored("gt", "lt");
/** a ≥ b as bool, broadcast; false where either is NaN. */
export const ge = mirrored("ge", "le");
/** a ≠ b as bool, broadcast; true where either is NaN. */
export const ne: BinaryFunction = (a: Operand2, b: Operand2) =>
  scope(() => {
    const [left, right] = asTensors("ne", a, b);
    const equal = compare("ne", "eq", left, right);
    return compare("ne", "eq", equal, full(equal.backend, [], 0, "bool"));
  });
