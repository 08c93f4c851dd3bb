import { ArgumentError, DTypeError } from "../errors.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./binary.ts";
import { lt } from "./compare.ts";
import { arange } from "./fill.ts";
import { gather } from "./gather.ts";
import { where } from "./where.ts";

/** @throws DTypeError unless the tensor is i32 */
export function requireIndices(op: string, indices: Tensor): void {
  if (indices.dtype !== "i32")
    throw new DTypeError(op, `indices are ${indices.dtype}; expected i32, cast() them`, { given: indices.dtype });
}

/** Indices of an axis of n entries, negative ones counted from its end; those outside [−n, n) stay outside [0, n). */
export function fromStart(indices: Tensor, n: number): Tensor {
  return scope(() => where(lt(indices, 0), add(indices, n), indices));
}

/**
 * Runs `fn`, whose kernel looks at indices of an axis of n entries, and tells of one outside in the name of `op`, as it was
 * given: with `lowest` −n before `fromStart`.
 */
export function namingIndices<T>(op: string, n: number, lowest: number, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const { index } = error.details;
    // A backend that does not say which index is wrong has its own words.
    if (typeof index !== "number")
      throw new ArgumentError(op, error.message.slice(error.subject.length + 2), error.details, { cause: error });
    const given = index < 0 ? index + lowest : index;
    throw new ArgumentError(
      op,
      `index ${given} is outside [${lowest}, ${n}); the axis has ${n} entries`,
      { index: given, length: n },
      { cause: error },
    );
  }
}

/**
 * The given indices, checked to be in [0, n): looked up in a table of 0 … n − 1, whose kernel refuses the others.
 *
 * @throws ArgumentError on backends with synchronous kernels; elsewhere the read of the result rejects
 */
export function checkedIndices(indices: Tensor, n: number): Tensor {
  return scope(() => gather(arange(indices.backend, 0, n), indices));
}
