import type { Operand } from "../../../contract/operand.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { ActivationName, BinaryOp, CoreKernels, Kernel, UnaryOp } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import { ELEMENTS, type Device } from "../device.ts";

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
export const hasActivationCode: Condition<"gatedActivation" | "quantGatedProjection"> = {
  says: oneOf("activation", activationCodes),
  holds: (_, { activation }) => activation in activationCodes,
};

/** Units per chunk: about 10 µs of memory traffic, or of exponentials. */
const TRAFFIC = 8;
const ARITHMETIC = 2;

const units = (length: number): number => Math.ceil(length / ELEMENTS);

export const createUnary =
  (device: Device): Kernel<"unary"> =>
  (out, inputs, { op }) =>
    device.scoped(() => {
      const code = unaryCodes[op] as number;
      const x = device.dense(inputs.x);
      const length = sizeOf(out.layout.shape);
      device.words(0, device.address(out), x, 0, length, code);
      device.run("unary", units(length), code > 3 ? ARITHMETIC : TRAFFIC);
    });

const isScalar = (x: Operand): boolean =>
  x.layout.strides.every((stride, axis) => stride === 0 || x.layout.shape[axis] === 1);

export const createBinary =
  (device: Device): Kernel<"binary"> =>
  (out, inputs, { op }) =>
    device.scoped(() => {
      const length = sizeOf(out.layout.shape);
      const scalar = isScalar(inputs.b);
      const a = device.dense(inputs.a);
      const b = scalar ? device.address(inputs.b) : device.dense(inputs.b);
      device.words(0, device.address(out), a, b, length, binaryCodes[op] as number);
      device.run(scalar ? "binaryScalar" : "binary", units(length), TRAFFIC);
    });

export const createGatedActivation =
  (device: Device): Kernel<"gatedActivation"> =>
  (out, inputs, { activation }) =>
    device.scoped(() => {
      const length = sizeOf(out.layout.shape);
      const gate = device.dense(inputs.gate);
      const up = device.dense(inputs.up);
      device.words(0, device.address(out), gate, up, length, activationCodes[activation] as number);
      device.run("gatedActivation", units(length), ARITHMETIC);
    });

/** f32 ↔ 16 bits, and elements as they are; the others go by way of f64, on the host. */
export const createCast =
  (device: Device): CoreKernels["cast"] =>
  (out, { x }) =>
    device.scoped(() => {
      const to = device.address(out);
      if (x.dtype === out.dtype) return device.move(to, null, x);
      const length = sizeOf(out.layout.shape);
      if (out.dtype === "bf16") device.narrowBf16(to, device.dense(x), length);
      else device.widen(to, device.dense(x), length, x.dtype === "f16" ? "f16" : "bf16");
    });
