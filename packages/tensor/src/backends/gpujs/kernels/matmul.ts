import type { Operand } from "../../../contract/operand.ts";
import { sizeOf } from "../../../layout.ts";
import type { CoreKernels, FusedKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { walk, type Placed } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { GpuJsStorage } from "../storage.ts";

/** An operand of a product: strides over the axes of the result, and the step along the axis that is summed. */
interface Factor {
  readonly operand: Operand;
  readonly strides: readonly number[];
  readonly step: number;
}

/** out = Σₖ a·b (+ bias), one thread per element, four sums side by side. */
function* product(
  context: KernelContext,
  op: string,
  target: GpuJsStorage,
  out: Operand,
  [a, b]: readonly [Factor, Factor],
  K: number,
  bias?: Factor,
): Steps<void> {
  const { shape } = out.layout;
  const length = sizeOf(shape);
  if (length === 0) return;
  const text = new KernelText(length);
  const readA = text.input("a", yield* context.source(op, a.operand));
  const readB = text.input("b", yield* context.source(op, b.operand));
  const readBias = bias && text.input("bias", yield* context.source(op, bias.operand));
  const placed = (name: string, { operand, strides }: Factor): Placed => ({
    name,
    layout: { strides, offset: operand.layout.offset },
  });
  const [atA = "i", atB = "i", atBias = "i"] = walk(text, "i", shape, [
    placed("a", a),
    placed("b", b),
    ...(bias ? [placed("bias", bias)] : []),
  ]);
  text.argument("aStep", "Integer", a.step);
  text.argument("bStep", "Integer", b.step);
  text.argument("four", "Integer", 4);
  text.argument("quads", "Integer", Math.floor(K / 4));
  text.argument("rest", "Integer", K % 4);
  const term = (sum: number, k: string): void => {
    const left = readA(`${atA} + (${k}) * aStep`);
    text.line(`sum${sum} += ${left} * ${readB(`${atB} + (${k}) * bStep`)};`);
  };
  for (let sum = 0; sum < 4; sum++) text.float(`sum${sum}`, "0");
  text.loop("q", Math.floor(K / 4), "quads", () => {
    for (let sum = 0; sum < 4; sum++) term(sum, `q * four + ${sum}`);
  });
  text.loop("r", K % 4, "rest", () => term(0, "quads * four + r"));
  const sum = "(sum0 + sum1) + (sum2 + sum3)";
  text.result(readBias ? `${sum} + ${readBias(atBias)}` : sum, out.dtype);
  context.residency.putDevice(target, yield* context.execute(op, text));
}

export const productKernels = (context: KernelContext): Pick<CoreKernels, "matmul"> & Pick<FusedKernels, "linear"> => ({
  matmul(out, { a, b }) {
    context.schedule("matmul", out, [a, b], (target) => {
      const [stepM = 0, stepK = 0] = a.layout.strides.slice(-2);
      const [stepKb = 0, stepN = 0] = b.layout.strides.slice(-2);
      const left = { operand: a, strides: [...a.layout.strides.slice(0, -2), stepM, 0], step: stepK };
      const right = { operand: b, strides: [...b.layout.strides.slice(0, -2), 0, stepN], step: stepKb };
      return product(context, "matmul", target, out, [left, right], a.layout.shape.at(-1) ?? 0);
    });
  },

  linear(out, { x, weight, bias }) {
    context.schedule("linear", out, bias ? [x, weight, bias] : [x, weight], (target) => {
      const [stepM = 0, stepK = 0] = x.layout.strides;
      const [stepN = 0, stepKw = 0] = weight.layout.strides;
      const left = { operand: x, strides: [stepM, 0], step: stepK };
      const right = { operand: weight, strides: [0, stepN], step: stepKw };
      const shift = bias && { operand: bias, strides: [0, bias.layout.strides[0] ?? 0], step: 0 };
      return product(context, "linear", target, out, [left, right], x.layout.shape[1] ?? 0, shift);
    });
  },
});
