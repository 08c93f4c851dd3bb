import type { Kernel } from "../../../../contract/kernels.ts";
import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { exponential, logarithm } from "../../wgsl/exponential.ts";
import { workgroupSum } from "../../wgsl/reduce.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { kernelShader, THREADS } from "../module.ts";
import { rowElement, rowFields, rowsOf, rowStart, rowTop, vectorFields, vectorWords, wordFields } from "./rows.ts";
import { asNumbers } from "../stored.ts";

/** out[m] = logits[m, t] − max − ln Σ e^(logits[m] − max) with t = targets[m], a workgroup per row. */
export const createLogProbsOf =
  (context: KernelContext): Kernel<"logProbsOf"> =>
  (out, { logits, targets }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, logits);
      if (count === 0) return;
      const check = context.checkIndices("logProbsOf", length);
      context.run({
        shader: context.shader("logProbsOf", makeShader),
        ...{ reads: [place, targets], writes: [out], check },
        words: [count, length, out.layout.offset, ...words, ...vectorWords(targets), 2 * check.place],
        groups: count,
      });
    });

const makeShader = (): Shader =>
  kernelShader({
    name: "logProbsOf",
    reads: { x_words: "u32", targets: "u32" },
    writes: { out: "f32", status: "atomic<u32>" },
    params: wordFields(
      ...["count", "length", "out_offset", ...rowFields("x"), ...vectorFields("targets"), "status_place"],
    ),
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
${rowTop()}
  var sum = 0.0;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${rowElement("x", asNumbers("f32"), "j")}
    sum += ${exponential}(x - top);
  }
  let total = ${workgroupSum(THREADS)}(sum, lane);
  if (lane > 0u) { return; }
  let index = targets[p.targets_offset + group * p.targets_stride];
  if (index >= p.length) {
    atomicOr(&status[p.status_place], 1u);
    atomicMax(&status[p.status_place + 1u], index);
    return;
  }
${rowElement("x", asNumbers("f32"), "index")}
  out[p.out_offset + group] = x - top - ${logarithm}(total);`,
  });
