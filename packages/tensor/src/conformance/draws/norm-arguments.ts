import type { DType } from "../../dtypes/dtype.ts";
import { usualFill, type Argument } from "./argument.ts";
import type { ElementwiseDraw } from "./elementwise.ts";
import { along } from "../tensor-values.ts";

/** Input `[..., C]` of a norm; rows between tiny and large, some far from 0. */
export function normInput({ shape, layouts, seed }: ElementwiseDraw, dtype: DType): Argument {
  const scale = [1, 1, 0.01, 30][seed % 4];
  return { dtype, shape, layout: layouts[0], fill: usualFill(dtype, seed, scale) };
}

/** Parameter `[C]` of a norm, stored in the dtype of x or, now and then, in f32. */
export function normParameter({ shape, layouts, seed }: ElementwiseDraw, i: number, dtype: DType): Argument {
  const stored = (["f32", dtype, "bf16"] as const)[seed % 3];
  // A 16-bit x beside a parameter of the other 16-bit dtype is no case that occurs.
  const as = dtype === "f32" || stored !== "bf16" ? stored : dtype;
  return { dtype: as, shape: [along(shape, -1)], layout: layouts[i], fill: usualFill(as, seed + i) };
}
