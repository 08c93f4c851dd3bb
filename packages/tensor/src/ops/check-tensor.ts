import { ArgumentError } from "../errors.ts";
import { QuantMatrix } from "../quant-matrix.ts";
import { Tensor } from "../tensor.ts";

/** @throws ArgumentError for what is not a tensor, with how one is made of it */
export function checkTensor(op: string, given: unknown): void {
  if (given instanceof Tensor) return;
  if (given instanceof QuantMatrix)
    throw new ArgumentError(
      op,
      `is given a matrix in ${given.format} blocks; expected a tensor: dequantizeMatrix() it`,
    );
  throw notATensor(op, given);
}

/** As `checkTensor`, for ops that take quantised matrices too. */
export function checkMatrix(op: string, given: unknown): void {
  if (!(given instanceof Tensor) && !(given instanceof QuantMatrix)) throw notATensor(op, given);
}

function notATensor(op: string, given: unknown): ArgumentError {
  if (Array.isArray(given) || ArrayBuffer.isView(given))
    return new ArgumentError(op, "is given a list; expected a tensor: make it one by tensor(backend, …)");
  const kind =
    given === null || given === undefined ? String(given) : `${typeof given === "object" ? "an" : "a"} ${typeof given}`;
  return new ArgumentError(op, `is given ${kind}; expected a tensor`);
}
