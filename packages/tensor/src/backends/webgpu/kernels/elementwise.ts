import type { Operand } from "../../../contract/operand.ts";
import { sizeOf } from "../../../layout.ts";
import { isJointlyDense, joinLayouts, partsOf, type JointLayout } from "../joint-layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { groupsFor, kernelShader } from "./module.ts";

/** Axes of a shader for strided operands: 0 = none, all are dense. More axes than the last take several runs. */
const ranks = [0, 4, 6] as const;

/** What one element of the result is, by elements of the inputs. */
export interface ElementwiseOp {
  /** For reports and as the key of its shaders, beside the dtypes. */
  readonly name: string;
  /** Names of the inputs in `value`, in order. */
  readonly inputs: readonly string[];
  /** An expression in the inputs, each a value of its dtype's type in WGSL. */
  readonly value: Fragment;
}

/** Runs an op whose result is contiguous, element by element. */
export function runElementwise(
  context: KernelContext,
  op: ElementwiseOp,
  out: Operand,
  inputs: readonly Operand[],
): void {
  const joint = joinLayouts([out, ...inputs].map(({ layout }) => layout));
  const rank = isJointlyDense(joint) ? 0 : (ranks.find((one) => one >= joint.shape.length) ?? 6);
  const types = [out, ...inputs].map(({ dtype }) => dtype);
  const shader = context.shader(`${op.name} ${types.join(" ")} ${rank}`, () => makeShader(op, rank));
  for (const part of rank === 0 ? [joint] : partsOf(joint, rank)) {
    const count = sizeOf(part.shape);
    context.run({
      shader,
      ...{ reads: inputs, writes: [out] },
      words: [count, ...part.offsets, ...(rank === 0 ? [] : axisWords(part, rank))],
      groups: groupsFor(count),
    });
  }
}

/** Lengths of the axes, then the strides of each operand, the last axis first; what is missing is of length 1. */
export function axisWords({ shape, strides }: JointLayout, rank: number): number[] {
  const padded = (values: readonly number[], fill: number): number[] =>
    Array.from({ length: rank }, (_, axis) => values[shape.length - 1 - axis] ?? fill);
  return [padded(shape, 1), ...strides.map((all) => padded(all, 0))].flat();
}

function makeShader({ name, inputs, value }: ElementwiseOp, rank: number): Shader {
  const operands = ["out", ...inputs];
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const fields = [
    "count",
    ...operands.map((one) => `${one}_offset`),
    ...axes.map((axis) => `n${axis}`),
    ...(rank === 0 ? [] : operands.flatMap((one) => axes.map((axis) => `${one}_s${axis}`))),
  ];
  const place = (one: string): string =>
    [`p.${one}_offset`, ...(rank === 0 ? ["thread"] : axes.map((axis) => `i${axis} * p.${one}_s${axis}`))].join(" + ");
  const indices = axes.map((axis) =>
    axis === rank - 1 ? wgsl`  let i${axis} = rest;` : wgsl`  let i${axis} = rest % p.n${axis}; rest /= p.n${axis};`,
  );
  return kernelShader({
    name,
    reads: Object.fromEntries(inputs.map((one) => [`${one}_words`, "u32"])),
    writes: { out_words: "u32" },
    params: Object.fromEntries(fields.map((field) => [field, "u32"])),
    body: wgsl`
  if (thread >= p.count) { return; }
  ${rank === 0 ? "" : "var rest = thread;"}
${indices}
${inputs.map((one) => wgsl`  let ${one} = bitcast<f32>(${one}_words[${place(one)}]);`)}
  out_words[${place("out")}] = bitcast<u32>(${value});`,
  });
}
