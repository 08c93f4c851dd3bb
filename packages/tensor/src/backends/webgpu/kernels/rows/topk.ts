import type { Kernel } from "../../../../contract/kernels.ts";
import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { keys } from "../../wgsl/order.ts";
import { best, better, workgroupArgmax } from "../../wgsl/reduce.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { kernelShader, THREADS } from "../module.ts";
import { rowElement, rowFields, rowsOf, rowStart, wordFields } from "./rows.ts";
import { asNumbers, type Stored } from "../stored.ts";

/** Positions of the k largest of each row: k times the first of the largest that come after the one before. */
export const createTopk =
  (context: KernelContext): Kernel<"topk"> =>
  (out, { x }, { k }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, x);
      const from = asNumbers(x.dtype);
      context.run({
        shader: context.shader(`topk ${from.key}`, () => makeShader(from)),
        ...{ reads: [place], writes: [out] },
        words: [count, length, out.layout.offset, k, ...words],
        groups: k === 0 ? 0 : count,
      });
    });

const makeShader = (from: Stored): Shader =>
  kernelShader({
    name: "topk",
    reads: { x_words: "u32" },
    writes: { out: "u32" },
    params: wordFields("count", "length", "out_offset", "k", ...rowFields("x")),
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
  var last = ${best}(0xffffffffu, 0u);
  for (var n = 0u; n < p.k; n++) {
    var found = ${best}(0u, 0xffffffffu);
    for (var j = lane; j < p.length; j += ${THREADS}u) {
${rowElement("x", from, "j")}
      let key = ${keys[from.scalar].of}(x);
      if (n == 0u || key < last.key || (key == last.key && j > last.index)) {
        found = ${better}(found, ${best}(key, j));
      }
    }
    last = ${workgroupArgmax(THREADS)}(found, lane);
    if (lane == 0u) { out[p.out_offset + group * p.k + n] = last.index; }
  }`,
  });
