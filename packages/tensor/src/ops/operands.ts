import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { checkTensor } from "./check-tensor.ts";
import { full } from "./fill.ts";

/** A tensor, or a number that takes the other operand's dtype. */
export type Operand2 = Tensor | number;

/** An op of two operands, one of them at least a tensor. */
export interface BinaryFunction {
  (a: Tensor, b: Operand2): Tensor;
  (a: Operand2, b: Tensor): Tensor;
}

/**
 * Both operands as tensors: a number becomes one of rank 0 in the other's dtype.
 *
 * @throws ArgumentError for two numbers, and for what is neither a tensor nor a number
 */
export function asTensors(op: string, a: Operand2, b: Operand2): readonly [Tensor, Tensor] {
  if (typeof a === "number" && typeof b === "number")
    throw new ArgumentError(op, `${a} and ${b} are both numbers; make one of them a tensor, by full() or tensor()`, {
      given: [a, b],
    });
  if (typeof a !== "number") checkTensor(op, a);
  if (typeof b !== "number") checkTensor(op, b);
  if (typeof a === "number") return [full((b as Tensor).backend, [], a, (b as Tensor).dtype), b as Tensor];
  return [a, typeof b === "number" ? full(a.backend, [], b, a.dtype) : b];
}
