import type { Kernel } from "../../../contract/kernels.ts";
import { isFloat, type DType } from "../../../dtypes/dtype.ts";
import type { KernelContext } from "../kernel-context.ts";
import { floatWord } from "../params.ts";
import { convert, elements } from "../wgsl/dtypes.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { placed, runElementwise } from "./elementwise.ts";
import { asNumbers } from "./stored.ts";

const inFloats = wgsl`bitcast<f32>(p.start) + f32(i) * bitcast<f32>(p.step)`;

/** Whole numbers by integers, which wrap; others in f32. */
function valueOf(dtype: DType, isWhole: boolean): Fragment {
  if (!isWhole) return convert("f32", dtype, wgsl`(${inFloats})`);
  const sum = wgsl`(p.start + i * p.step)`;
  return elements[dtype].scalar === "i32" ? wgsl`bitcast<i32>${sum}` : sum;
}

/** out[i] = start + i·step */
export const createArange =
  (context: KernelContext): Kernel<"arange"> =>
  (out, _, { start, step }) => {
    const isWhole = !isFloat(out.dtype) && Number.isInteger(start) && Number.isInteger(step);
    const word = (value: number): number => (isWhole ? value >>> 0 : floatWord(value));
    runElementwise(context, {
      ...{ name: `arange ${isWhole ? "whole" : "float"}`, out: placed(out), stored: asNumbers(out.dtype), inputs: [] },
      value: () => valueOf(out.dtype, isWhole),
      extra: { start: word(start), step: word(step) },
    });
  };
