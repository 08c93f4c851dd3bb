import { DTypeError, ShapeError } from "../errors.ts";
import type { ReduceOp } from "../kernels.ts";
import { formatShape, normalizeAxis } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { runCore } from "./dispatch.ts";
import { permute, unsqueeze } from "./view.ts";

export interface ReduceOptions {
  /** Keep the reduced axis with length 1. */
  readonly keepDims?: boolean;
}

function reduce(op: ReduceOp, x: Tensor, axis: number, { keepDims = false }: ReduceOptions): Tensor {
  const at = normalizeAxis(op, axis, x.rank);
  if (x.dtype === "bool") throw new DTypeError(op, "x is bool; cast() it to i32 or f32", { given: x.dtype });
  if (op !== "sum" && x.shape[at] === 0)
    throw new ShapeError(op, `axis ${axis} of ${formatShape(x.shape)} is empty, so it has no maximum`, {
      shape: x.shape,
    });
  return scope(() => {
    const rest = x.shape.map((_, k) => k).filter((k) => k !== at);
    const last = permute(x, [...rest, at]); // [..., R]
    const shape = rest.map((k) => x.shape[k]);
    const out = runCore("reduce", x.backend, { shape, dtype: op === "argmax" ? "i32" : x.dtype }, { x: last }, { op });
    return keepDims ? unsqueeze(out, at) : out;
  });
}

/** Sum along one axis; 0 for an empty axis; integers wrap. */
export const sum = (x: Tensor, axis: number, options: ReduceOptions = {}): Tensor => reduce("sum", x, axis, options);
/** Maximum along one axis; NaN if any element is. @throws ShapeError for an empty axis */
export const max = (x: Tensor, axis: number, options: ReduceOptions = {}): Tensor => reduce("max", x, axis, options);
/** Index (i32) of the first maximum along one axis; NaN counts as the largest. @throws ShapeError for an empty axis */
export const argmax = (x: Tensor, axis: number, options: ReduceOptions = {}): Tensor =>
  reduce("argmax", x, axis, options);
