import { sizeOf } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, mul } from "../binary.ts";
import { runFused } from "../dispatch.ts";
import { arange } from "../fill.ts";
import { gather } from "../gather.ts";
import { reshape } from "../view.ts";

/** Definition for x `[M, R]`, indices `[M, S]`: looked up in x as one long table. */
export function composeTakeFromRows(x: Tensor, indices: Tensor): Tensor {
  return scope(() => {
    const [M, R] = x.shape as [number, number];
    const starts = mul(arange(x.backend, 0, M), R);
    return gather(reshape(x, [M * R]), add(indices, reshape(starts, [M, 1])));
  });
}

/** x `[..., R]`, i32 indices `[..., S]` that are known to lie in [0, R) → `[..., S]`: `x[…, indices[…, s]]`. */
export function takeFromRows(x: Tensor, indices: Tensor): Tensor {
  return scope(() => {
    const M = sizeOf(x.shape.slice(0, -1));
    const [R, S] = [x.shape[x.rank - 1], indices.shape[indices.rank - 1]];
    const [rows, picks] = [reshape(x, [M, R]), reshape(indices, [M, S])];
    const out = { shape: [M, S], dtype: x.dtype };
    const taken = runFused("takeFromRows", x.backend, out, { x: rows, indices: picks }, {}, () =>
      composeTakeFromRows(rows, picks),
    );
    return reshape(taken, indices.shape);
  });
}
