import { dtypes } from "../../../dtypes/dtype.ts";
import { isContiguous, sizeOf } from "../../../layout.ts";
import type { Operand } from "../../../contract/operand.ts";
import type { BinaryOp, CompareOp, CoreKernels, UnaryOp } from "../../../contract/kernels.ts";
import { areHostBools, runOnHost } from "../host-op.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { KernelText } from "../source/kernel-text.ts";
import { contentOf } from "../kernel-context.ts";
import type { GpuJsStorage } from "../storage.ts";
import { elementwise } from "./elementwise.ts";

const unaryText: { readonly [K in UnaryOp]: (text: KernelText, x: string) => string } = {
  neg: (_, x) => `-${x}`,
  abs: (_, x) => `Math.abs(${x})`,
  exp: (text, x) => text.call("exponential", x),
  log: (text, x) => text.call("logarithm", x),
  sqrt: (_, x) => `Math.sqrt(${x})`,
  rsqrt: (_, x) => `1 / Math.sqrt(${x})`,
  sin: (text, x) => text.call("sine", x),
  cos: (text, x) => text.call("cosine", x),
  tanh: (text, x) => text.call("hyperbolicTangent", x),
  erf: (text, x) => text.call("errorFunction", x),
};

const binaryText: { readonly [K in BinaryOp]: (text: KernelText, a: string, b: string) => string } = {
  add: (_, a, b) => `${a} + ${b}`,
  sub: (_, a, b) => `${a} - ${b}`,
  mul: (_, a, b) => `${a} * ${b}`,
  div: (_, a, b) => `${a} / ${b}`,
  max: (text, a, b) => text.call("larger", a, b),
  min: (text, a, b) => text.call("smaller", a, b),
  pow: (text, a, b) => text.call("power", a, b),
};

const compareText: { readonly [K in CompareOp]: string } = { eq: "===", lt: "<", le: "<=" };

/** Writes `condition ? 1 : 0`, which GPU.js types more surely as statements. */
const flag = (text: KernelText, condition: string): string => {
  const name = text.float(text.local("flag"), "0");
  text.line(`if (${condition}) { ${name} = 1; }`);
  return name;
};

const isInteger = ({ dtype }: Operand): boolean => dtypes[dtype].kind === "int";

/** Whether an operand is all of its storage, in order. */
const isWhole = ({ layout, handle }: Operand): boolean =>
  layout.offset === 0 && isContiguous(layout) && sizeOf(layout.shape) === (handle as GpuJsStorage).length;

/** The content of a storage that `out` can have as well, because their elements are the same numbers; else null. */
const shareable = (out: Operand, x: Operand): GpuJsStorage["content"] | null => {
  const content = contentOf(x);
  const same = out.dtype === x.dtype;
  // A float16 widened, or a bool as a float, is the same f32 on the device.
  const widened = out.dtype === "f32" && dtypes[x.dtype].kind !== "int";
  if (!same && !widened) return null;
  if (content.kind === "constant") return content;
  if (!isWhole(x)) return null;
  if (same) return content;
  return content.device?.encoding.name === "plain" ? { kind: "elements", host: null, device: content.device } : null;
};

/** Ops whose element depends on the same element of each input, if there is one. */
export const elementwiseKernels = (
  context: KernelContext,
): Pick<CoreKernels, "fill" | "copy" | "cast" | "unary" | "binary" | "compare" | "where"> => {
  /** Gives `target` the content of x without moving anything; false where that cannot be. */
  const shared = (target: GpuJsStorage, out: Operand, x: Operand): boolean => {
    const content = shareable(out, x);
    if (!content) return false;
    if (content.kind === "elements" && content.device) context.residency.share(content.device);
    context.residency.put(target, content);
    return true;
  };
  return {
    /** Nothing runs: a constant travels as an argument of the kernels that read it. */
    fill(out, _, { value }) {
      const { encode, decode } = dtypes[out.dtype];
      context.schedule("fill", out, [], function* (target) {
        context.residency.put(target, { kind: "constant", value: decode(encode(value)) });
      });
    },

    copy(out, { x }) {
      context.schedule("copy", out, [x], function* (target) {
        if (shared(target, out, x)) return;
        if (isInteger(x) || areHostBools(x)) yield* runOnHost(context, "copy", target, out, { x }, {});
        else yield* elementwise(context, "copy", target, out, { x }, (_, values) => values.x);
      });
    },

    cast(out, { x }) {
      context.schedule("cast", out, [x], function* (target) {
        if (shared(target, out, x)) return;
        const toBool = out.dtype === "bool" && x.dtype !== "bool";
        yield* elementwise(context, "cast", target, out, { x }, (text, values) => {
          if (!toBool) return values.x;
          // NaN is not 0.
          const zero = flag(text, `${values.x} === 0`);
          return `1 - ${zero}`;
        });
      });
    },

    unary(out, { x }, params) {
      context.schedule(params.op, out, [x], (target) =>
        elementwise(context, params.op, target, out, { x }, (text, values) => unaryText[params.op](text, values.x)),
      );
    },

    binary(out, inputs, params) {
      context.schedule(params.op, out, Object.values(inputs), (target) =>
        elementwise(context, params.op, target, out, inputs, (text, { a, b }) => binaryText[params.op](text, a, b)),
      );
    },

    compare(out, inputs, params) {
      const { a, b } = inputs;
      context.schedule(params.op, out, [a, b], function* (target) {
        if (areHostBools(a, b)) return yield* runOnHost(context, "compare", target, out, inputs, params);
        yield* elementwise(context, params.op, target, out, inputs, (text, values) =>
          flag(text, `${values.a} ${compareText[params.op]} ${values.b}`),
        );
      });
    },

    where(out, inputs) {
      const { condition, a, b } = inputs;
      context.schedule("where", out, [condition, a, b], function* (target) {
        if (areHostBools(condition, a, b)) return yield* runOnHost(context, "where", target, out, inputs, {});
        yield* elementwise(context, "where", target, out, inputs, (text, values) => {
          const chosen = text.float("chosen", values.b);
          text.line(`if (${values.condition} !== 0) { chosen = ${values.a}; }`);
          return chosen;
        });
      });
    },
  };
};
