import type { Kernel } from "../../../contract/kernels.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { permuteLayout } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { workgroupSum } from "../wgsl/reduce.ts";
import { wgsl } from "../wgsl/tag.ts";
import { kernelShader, THREADS } from "./module.ts";
import { runTiles } from "./product-tiles.ts";
import { runRowLinear } from "./row-linear.ts";
import { vectorFields, vectorWords, wordFields } from "./rows/rows.ts";
import { asNumbers, load } from "./stored.ts";

/** Rows of x from which on tiles are multiplied. */
const MANY = 8;

/** out [M, N] = x·weightᵀ + bias; operands that do not lie in quads take a workgroup per element of the result. */
export const createLinear =
  (context: KernelContext): Kernel<"linear"> =>
  (out, inputs) => {
    const { x, weight, bias } = inputs;
    const b = { handle: weight.handle, dtype: weight.dtype, layout: permuteLayout("linear", weight.layout, [1, 0]) };
    if (x.layout.shape[0] < MANY && runRowLinear(context, out, inputs)) return;
    if (runTiles(context, { out, a: x, b, bias })) return;
    const [M, K] = x.layout.shape;
    const [N] = weight.layout.shape;
    const dtypes = [weight.dtype, bias?.dtype] as const;
    context.run({
      shader: context.shader(`linear ${dtypes.join(" ")}`, () => makeShader(...dtypes)),
      ...{ reads: bias ? [x, weight, bias] : [x, weight], writes: [out], flops: 2 * M * N * K },
      words: [
        ...[M * N, N, K, out.layout.offset, x.layout.offset, ...x.layout.strides],
        ...[weight.layout.offset, ...weight.layout.strides, ...(bias ? vectorWords(bias) : [])],
      ],
      groups: M * N,
    });
  };

function makeShader(weight: DType, bias: DType | undefined): Shader {
  return kernelShader({
    name: "linear",
    reads: { x: "f32", weight: "u32", ...(bias && { bias: "u32" }) },
    writes: { out: "f32" },
    params: wordFields(
      ...["count", "n", "k", "out_offset", "x_offset", "x_row", "x_stride"],
      ...["weight_offset", "weight_row", "weight_stride", ...(bias ? vectorFields("bias") : [])],
    ),
    body: wgsl`
  if (group >= p.count) { return; }
  let column = group % p.n;
  let row = group / p.n;
  var sum = 0.0;
  for (var j = lane; j < p.k; j += ${THREADS}u) {
    let at = p.weight_offset + column * p.weight_row + j * p.weight_stride;
    sum += x[p.x_offset + row * p.x_row + j * p.x_stride] * ${load(asNumbers(weight), "weight", "at")};
  }
  let total = ${workgroupSum(THREADS)}(sum, lane);
  if (lane == 0u) {
    ${bias ? wgsl`let at = p.bias_offset + column * p.bias_stride;` : ""}
    out[p.out_offset + group] = total${bias ? wgsl` + ${load(asNumbers(bias), "bias", "at")}` : ""};
  }`,
  });
}
