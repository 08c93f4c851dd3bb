import type { BinaryOp, CompareOp, Kernel, UnaryOp } from "../../../contract/kernels.ts";
import type { Operand } from "../../../contract/operand.ts";
import { isFloat, type DType } from "../../../dtypes/dtype.ts";
import type { KernelContext } from "../kernel-context.ts";
import { convert, elements } from "../wgsl/dtypes.ts";
import { binaryMath, compareMath, unaryMath } from "../wgsl/math.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { placed, runElementwise, type ElementwiseInput } from "./elementwise.ts";
import { asBits, asNumbers } from "./stored.ts";

const x = wgsl`x`;

/** Integers wrap. */
function unaryValue(op: UnaryOp, dtype: DType): Fragment {
  if (isFloat(dtype)) return wgsl`${unaryMath[op]}(x)`;
  const { scalar } = elements[dtype];
  if (op === "abs") return scalar === "u32" ? x : wgsl`abs(x)`;
  return scalar === "u32" ? wgsl`(0u - x)` : wgsl`(-x)`;
}

const signs: Partial<Record<BinaryOp, string>> = { add: "+", sub: "-", mul: "*" };

function binaryValue(op: BinaryOp, dtype: DType): Fragment {
  if (isFloat(dtype)) return wgsl`${binaryMath[op]}(a, b)`;
  const sign = signs[op];
  return sign === undefined ? wgsl`${op}(a, b)` : wgsl`(a ${sign} b)`;
}

const comparisons: Record<CompareOp, string> = { eq: "==", lt: "<", le: "<=" };

const compareValue = (op: CompareOp, dtype: DType): Fragment =>
  isFloat(dtype) ? wgsl`select(0u, 1u, ${compareMath[op]}(a, b))` : wgsl`select(0u, 1u, a ${comparisons[op]} b)`;

/** An input that the expression names, its elements as they are computed with. */
const numbers = (name: string, operand: Operand): ElementwiseInput => ({
  ...{ name, operand: placed(operand), stored: asNumbers(operand.dtype) },
});

/** As `numbers`, its elements as they are stored. */
const bits = (name: string, operand: Operand): ElementwiseInput => ({
  ...{ name, operand: placed(operand), stored: asBits(operand.dtype) },
});

/** Kernels that compute each element of the result by the same expression. */
export const mapKernels = {
  unary:
    (context: KernelContext): Kernel<"unary"> =>
    (out, inputs, { op }) =>
      runElementwise(context, {
        ...{ name: op, out: placed(out), stored: asNumbers(out.dtype) },
        inputs: [numbers("x", inputs.x)],
        value: () => unaryValue(op, out.dtype),
      }),
  binary:
    (context: KernelContext): Kernel<"binary"> =>
    (out, inputs, { op }) =>
      runElementwise(context, {
        ...{ name: op, out: placed(out), stored: asNumbers(out.dtype) },
        inputs: [numbers("a", inputs.a), numbers("b", inputs.b)],
        value: () => binaryValue(op, out.dtype),
      }),
  compare:
    (context: KernelContext): Kernel<"compare"> =>
    (out, inputs, { op }) =>
      runElementwise(context, {
        ...{ name: op, out: placed(out), stored: asNumbers(out.dtype) },
        inputs: [numbers("a", inputs.a), numbers("b", inputs.b)],
        value: () => compareValue(op, inputs.a.dtype),
      }),
  where:
    (context: KernelContext): Kernel<"where"> =>
    (out, inputs) =>
      runElementwise(context, {
        ...{ name: "where", out: placed(out), stored: asBits(out.dtype) },
        inputs: [
          { name: "condition", operand: placed(inputs.condition), stored: asBits("bool") },
          bits("a", inputs.a),
          bits("b", inputs.b),
        ],
        value: () => wgsl`select(b, a, condition != 0u)`,
      }),
  cast:
    (context: KernelContext): Kernel<"cast"> =>
    (out, inputs) =>
      moveElements(context, "cast", out, inputs.x),
  copy:
    (context: KernelContext): Kernel<"copy"> =>
    (out, inputs) =>
      moveElements(context, "copy", out, inputs.x),
  sliceUpdate:
    (context: KernelContext): Kernel<"sliceUpdate"> =>
    (out, { source }) =>
      moveElements(context, "sliceUpdate", out, source),
} as const;

/** out = x in out's dtype. */
function moveElements(context: KernelContext, name: string, out: Operand, source: Operand): void {
  const isMove = out.dtype === source.dtype;
  const stored = isMove ? asBits : asNumbers;
  runElementwise(context, {
    ...{ name: isMove ? "copy" : name, out: placed(out), stored: stored(out.dtype) },
    inputs: [{ name: "x", operand: placed(source), stored: stored(source.dtype) }],
    value: () => (isMove ? x : convert(source.dtype, out.dtype, x)),
  });
}
