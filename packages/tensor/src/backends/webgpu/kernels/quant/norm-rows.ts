import type { Operand } from "../../../../contract/operand.ts";
import { sizeOf } from "../../../../layout.ts";
import type { KernelContext, Temporary } from "../../kernel-context.ts";
import { floatWord } from "../../params.ts";
import type { Shader } from "../../pipelines.ts";
import { inverseRoot } from "../../wgsl/arithmetic.ts";
import { workgroupSum } from "../../wgsl/reduce.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { aligned } from "../dense.ts";
import { kernelShader, THREADS } from "../module.ts";
import { normWeight, type Norm } from "./product.ts";

/** The rows of x [M, K] by their `rmsNorm`, in memory for the time of a `scoped`; a workgroup for each. */
export function normRows(context: KernelContext, x: Operand, norm: Norm): Temporary {
  const [M, K] = x.layout.shape;
  const { place, layout } = aligned(context, x);
  const out = context.temporary(4 * sizeOf([M, K]));
  const { weight, eps, weightMode } = norm;
  context.run({
    shader: context.shader(`normRows ${weight.dtype} ${weightMode}`, () => makeShader(norm)),
    ...{ reads: [place, weight], writes: [out] },
    words: [M, K / 4, layout.offset / 4, weight.layout.offset, weight.layout.strides[0], floatWord(eps)],
    groups: M,
  });
  return out;
}

const makeShader = (norm: Norm): Shader =>
  kernelShader({
    name: "normRows",
    reads: { x: "vec4<f32>", norm_words: "u32" },
    writes: { out: "vec4<f32>" },
    params: { m: "u32", quads: "u32", x_offset: "u32", norm_offset: "u32", norm_stride: "u32", eps: "f32" },
    body: wgsl`
  let row = min(group, p.m - 1u) * p.quads;
  var squares = 0.0;
  for (var i = lane; i < p.quads; i += ${THREADS}u) {
    let values = x[p.x_offset + row + i];
    squares += dot(values, values);
  }
  let scale = ${inverseRoot}(${workgroupSum(THREADS)}(squares, lane) / f32(4u * p.quads) + p.eps);
  for (var i = lane; i < p.quads; i += ${THREADS}u) {
    let weights = vec4<f32>(
      ${normWeight(norm, "4u * i")}, ${normWeight(norm, "4u * i + 1u")}, ${normWeight(norm, "4u * i + 2u")}, ${normWeight(norm, "4u * i + 3u")},
    );
    out[row + i] = x[p.x_offset + row + i] * scale * weights;
  }`,
  });
