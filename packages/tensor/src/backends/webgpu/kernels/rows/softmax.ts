import type { Kernel } from "../../../../contract/kernels.ts";
import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { exponential } from "../../wgsl/exponential.ts";
import { workgroupSum } from "../../wgsl/reduce.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { kernelShader, THREADS } from "../module.ts";
import { rowElement, rowFields, rowsOf, rowStart, rowTop, wordFields } from "./rows.ts";
import { asNumbers } from "../stored.ts";

/** e^(x − max) / Σ e^(x − max) over the last axis, a workgroup per row. */
export const createSoftmax =
  (context: KernelContext): Kernel<"softmax"> =>
  (out, { x }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, x);
      context.run({
        shader: context.shader("softmax", makeShader),
        ...{ reads: [place], writes: [out] },
        words: [count, length, out.layout.offset, ...words],
        groups: length === 0 ? 0 : count,
      });
    });

function makeShader(): Shader {
  const element = rowElement("x", asNumbers("f32"), "j");
  return kernelShader({
    name: "softmax",
    reads: { x_words: "u32" },
    writes: { out: "f32" },
    params: wordFields("count", "length", "out_offset", ...rowFields("x")),
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
${rowTop()}
  let start = p.out_offset + group * p.length;
  var sum = 0.0;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${element}
    let power = ${exponential}(x - top);
    out[start + j] = power;
    sum += power;
  }
  let total = ${workgroupSum(THREADS)}(sum, lane);
  for (var j = lane; j < p.length; j += ${THREADS}u) { out[start + j] /= total; }`,
  });
}
