import type { Operand } from "../../../contract/operand.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { ActivationName, BinaryOp, CoreKernels, Kernel, UnaryOp } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import { ELEMENTS, type KernelContext } from "../kernel-context.ts";

/** Codes in assembly/elementwise.ts. The others need more than f32 arithmetic and run in f64, on the host. */
const unaryCodes: { readonly [K in UnaryOp]?: number } = { neg: 0, abs: 1, sqrt: 2, rsqrt: 3, exp: 4, tanh: 5 };
const binaryCodes: { readonly [K in BinaryOp]?: number } = { add: 0, sub: 1, mul: 2, div: 3, max: 4, min: 5 };
export const activationCodes: { readonly [K in ActivationName]?: number } = {
  silu: 0,
  swish: 0,
  gelu_pytorch_tanh: 1,
  gelu_new: 1,
  gelu_fast: 1,
  gelu_accurate: 1,
  relu: 2,
  relu2: 3,
  quick_gelu: 4,
  sigmoid: 5,
  tanh: 6,
};

/** What a kernel with codes asks of the parameter that it has them for. */
const oneOf = (parameter: string, codes: object): string => `${parameter} ${Object.keys(codes).join(", ")}`;

export const hasUnaryCode: Condition<"unary"> = {
  says: oneOf("op", unaryCodes),
  holds: (_, { op }) => op in unaryCodes,
};
export const hasBinaryCode: Condition<"binary"> = {
  says: oneOf("op", binaryCodes),
  holds: (_, { op }) => op in binaryCodes,
};
export const hasActivationCode: Condition<"gatedActivation" | "gatedProjection"> = {
  says: oneOf("activation", activationCodes),
  holds: (_, { activation }) => activation in activationCodes,
};

/** Units per chunk: about 10 µs of memory traffic, or of exponentials. */
const TRAFFIC = 8;
const ARITHMETIC = 2;

const units = (length: number): number => Math.ceil(length / ELEMENTS);

export const createUnary =
  (context: KernelContext): Kernel<"unary"> =>
  (out, inputs, { op }) =>
    context.scoped(() => {
      const code = unaryCodes[op] as number;
      const x = context.dense(inputs.x);
      const length = sizeOf(out.layout.shape);
      context.words(0, context.address(out), x, 0, length, code);
      context.run("unary", units(length), code > 3 ? ARITHMETIC : TRAFFIC);
    });

const isScalar = (x: Operand): boolean =>
  x.layout.strides.every((stride, axis) => stride === 0 || x.layout.shape[axis] === 1);

export const createBinary =
  (context: KernelContext): Kernel<"binary"> =>
  (out, inputs, { op }) =>
    context.scoped(() => {
      const length = sizeOf(out.layout.shape);
      const scalar = isScalar(inputs.b);
      const a = context.dense(inputs.a);
      const b = scalar ? context.address(inputs.b) : context.dense(inputs.b);
      context.words(0, context.address(out), a, b, length, binaryCodes[op] as number);
      context.run(scalar ? "binaryScalar" : "binary", units(length), TRAFFIC);
    });

export const createGatedActivation =
  (context: KernelContext): Kernel<"gatedActivation"> =>
  (out, inputs, { activation }) =>
    context.scoped(() => {
      const length = sizeOf(out.layout.shape);
      const gate = context.dense(inputs.gate);
      const up = context.dense(inputs.up);
      context.words(0, context.address(out), gate, up, length, activationCodes[activation] as number);
      context.run("gatedActivation", units(length), ARITHMETIC);
    });

/** f32 ↔ 16 bits, and elements as they are; the others go by way of f64, on the host. */
export const createCast =
  (context: KernelContext): CoreKernels["cast"] =>
  (out, { x }) =>
    context.scoped(() => {
      const to = context.address(out);
      if (x.dtype === out.dtype) return context.move(to, null, x);
      const length = sizeOf(out.layout.shape);
      if (out.dtype === "bf16") context.narrowBf16(to, context.dense(x), length);
      else context.widen(to, context.dense(x), length, x.dtype === "f16" ? "f16" : "bf16");
    });
