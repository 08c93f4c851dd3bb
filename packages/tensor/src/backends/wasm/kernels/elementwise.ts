import type { Operand } from "../../../backend.ts";
import type { ActivationName, BinaryOp, CoreKernels, Kernel, UnaryOp } from "../../../kernels.ts";
import { sizeOf } from "../../../layout.ts";
import { ELEMENTS, type Device } from "../device.ts";

/** Codes in assembly/elementwise.ts. The others need more than f32 arithmetic and run in f64. */
const unaryCodes: { readonly [K in UnaryOp]?: number } = { neg: 0, abs: 1, sqrt: 2, rsqrt: 3, exp: 4, tanh: 5 };
const binaryCodes: { readonly [K in BinaryOp]?: number } = { add: 0, sub: 1, mul: 2, div: 3, max: 4, min: 5 };
export const activationCodes: { readonly [K in ActivationName]?: number } = {
  silu: 0,
  swish: 0,
  gelu_pytorch_tanh: 1,
  gelu_new: 1,
  gelu_fast: 1,
  relu: 2,
  relu2: 3,
  quick_gelu: 4,
  sigmoid: 5,
  tanh: 6,
};

/** Units per chunk: about 10 µs of memory traffic, or of exponentials. */
const TRAFFIC = 8;
const ARITHMETIC = 2;

const units = (length: number): number => Math.ceil(length / ELEMENTS);

export const createUnary =
  (device: Device, other: Kernel<"unary">): Kernel<"unary"> =>
  (out, inputs, params) => {
    const code = unaryCodes[params.op];
    if (out.dtype !== "f32" || code === undefined) return other(out, inputs, params);
    device.scoped(() => {
      const x = device.dense(inputs.x);
      const length = sizeOf(out.layout.shape);
      device.words(0, device.address(out), x, 0, length, code);
      device.run("unary", units(length), code > 3 ? ARITHMETIC : TRAFFIC);
    });
  };

const isScalar = (x: Operand): boolean =>
  x.layout.strides.every((stride, axis) => stride === 0 || x.layout.shape[axis] === 1);

export const createBinary =
  (device: Device, other: Kernel<"binary">): Kernel<"binary"> =>
  (out, inputs, params) => {
    const code = binaryCodes[params.op];
    if (out.dtype !== "f32" || code === undefined) return other(out, inputs, params);
    device.scoped(() => {
      const length = sizeOf(out.layout.shape);
      const scalar = isScalar(inputs.b);
      const a = device.dense(inputs.a);
      const b = scalar ? device.address(inputs.b) : device.dense(inputs.b);
      device.words(0, device.address(out), a, b, length, code);
      device.run(scalar ? "binaryScalar" : "binary", units(length), TRAFFIC);
    });
  };

export const createGatedActivation =
  (device: Device, other: Kernel<"gatedActivation">): Kernel<"gatedActivation"> =>
  (out, inputs, params) => {
    const code = activationCodes[params.activation];
    if (code === undefined) return other(out, inputs, params);
    device.scoped(() => {
      const length = sizeOf(out.layout.shape);
      const gate = device.dense(inputs.gate);
      const up = device.dense(inputs.up);
      device.words(0, device.address(out), gate, up, length, code);
      device.run("gatedActivation", units(length), ARITHMETIC);
    });
  };

/** f32 ↔ 16 bits; the others by way of f64. */
export const createCast =
  (device: Device, other: CoreKernels["cast"]): CoreKernels["cast"] =>
  (out, inputs, params) => {
    const { x } = inputs;
    const length = sizeOf(out.layout.shape);
    if (out.dtype === "f32" && (x.dtype === "bf16" || x.dtype === "f16")) {
      const from = x.dtype;
      return device.scoped(() => device.widen(device.address(out), device.dense(x), length, from));
    }
    if (x.dtype !== "f32" || out.dtype !== "bf16") return other(out, inputs, params);
    device.scoped(() => device.narrowBf16(device.address(out), device.dense(x), length));
  };
