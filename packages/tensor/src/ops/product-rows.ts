import type { Operand } from "../contract/operand.ts";
import { contiguousStrides, isContiguous, sizeOf, tryReshapeLayout } from "../layout.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { copy } from "./copy.ts";
import type { OutSpec } from "./dispatch.ts";
import { narrow, reshape } from "./view.ts";

/** Product of all lengths but the last. */
function rowCount({ shape }: Tensor): number {
  let rows = 1;
  for (let axis = shape.length - 1; axis > 0; axis--) rows *= shape[axis - 1];
  return rows;
}

/** x `[..., K]` as the rows `[M, K]` of a product. */
export function asRows(x: Tensor): Tensor {
  return reshape(x, [rowCount(x), x.shape[x.rank - 1]]);
}

/** As `asRows` for a kernel, without a tensor of its own; x is copied only where strides leave no other way. */
export function withRows<T>(x: Tensor, fn: (rows: Operand) => T): T {
  const shape = [rowCount(x), x.shape[x.rank - 1]];
  const { layout, dtype } = x;
  const rows = isContiguous(layout)
    ? { shape, strides: contiguousStrides(shape), offset: layout.offset }
    : tryReshapeLayout(layout, shape);
  if (rows) return fn({ handle: x.handle, layout: rows, dtype });
  return scope(() => withRows(copy(x), fn));
}

/** Result `[..., N]` of a product of x `[..., K]`, which its kernel sees as `[M, N]`. */
export function rowsOut(x: Tensor, N: number): OutSpec {
  return { shape: [...x.shape.slice(0, -1), N], dtype: x.dtype, kernelShape: [rowCount(x), N] };
}

/** Rows `[..., K]` in the shape of x, and behind all of them rows `[..., N]`, in one result. */
export function rowsBehind(
  x: Tensor,
  N: number,
): { readonly out: OutSpec; readonly parts: (all: Tensor) => readonly [Tensor, Tensor] } {
  const size = sizeOf(x.shape);
  const behind = [...x.shape.slice(0, -1), N];
  return {
    out: { shape: [size + sizeOf(behind)], dtype: x.dtype },
    parts: (all) => [reshape(narrow(all, 0, 0, size), x.shape), reshape(narrow(all, 0, size, sizeOf(behind)), behind)],
  };
}

/** The rows of a composition `[M, N]` under the shape of the result for x `[..., K]`. */
export function fromRows(rows: Tensor, x: Tensor): Tensor {
  return reshape(rows, [...x.shape.slice(0, -1), rows.shape[1]]);
}
