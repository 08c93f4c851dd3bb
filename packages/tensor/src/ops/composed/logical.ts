import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { cast } from "../cast.ts";
import { eq, ne } from "../compare.ts";
import { where } from "../where.ts";

/** x ≠ 0 as bool: NaN is true, as in NumPy. */
const truth = (x: Tensor): Tensor => (x.dtype === "bool" ? x : cast(x, "bool"));

/**
 * a ∧ b as bool, broadcast; a number is true unless it is 0. The dtypes may differ.
 *
 * @example
 * const x = tensor(backend, [1, 2, 3]);
 * console.log(await logicalAnd(gt(x, 1), lt(x, 3)).toArray()); // [ 0, 1, 0 ]
 */
export const logicalAnd = (a: Tensor, b: Tensor): Tensor => scope(() => where(truth(a), truth(b), 0));
/** a ∨ b as bool, broadcast; a number is true unless it is 0. The dtypes may differ. */
export const logicalOr = (a: Tensor, b: Tensor): Tensor => scope(() => where(truth(a), 1, truth(b)));
/** True where exactly one of a and b is, as bool, broadcast. The dtypes may differ. */
export const logicalXor = (a: Tensor, b: Tensor): Tensor => scope(() => ne(truth(a), truth(b)));
/** ¬x as bool: true where x is 0. */
export const logicalNot = (x: Tensor): Tensor => eq(x, 0);
