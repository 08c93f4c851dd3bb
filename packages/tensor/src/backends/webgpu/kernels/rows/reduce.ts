import type { Kernel, ReduceOp } from "../../../../contract/kernels.ts";
import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { keys } from "../../wgsl/order.ts";
import { best, better, workgroupArgmax, workgroupMax, workgroupSum } from "../../wgsl/reduce.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import { storeOne } from "../elementwise.ts";
import { kernelShader, THREADS } from "../module.ts";
import { rowElement, rowFields, rowsOf, rowStart, wordFields } from "./rows.ts";
import { asNumbers, type Stored } from "../stored.ts";

/** Reduces the last axis, a workgroup per row. */
export const createReduce =
  (context: KernelContext): Kernel<"reduce"> =>
  (out, { x }, { op }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, x);
      const [from, to] = [asNumbers(x.dtype), asNumbers(out.dtype)];
      context.run({
        shader: context.shader(`${op} ${from.key} ${to.key}`, () => makeShader(op, from, to)),
        ...{ reads: [place], writes: [out] },
        words: [count, length, out.layout.offset, ...words],
        groups: count,
      });
    });

/** What a thread keeps of its elements, how the threads join it, and the result. */
interface Folding {
  readonly start: Fragment;
  readonly step: Fragment;
  readonly result: Fragment;
}

function foldingOf(op: ReduceOp, { scalar }: Stored): Folding {
  const key = wgsl`${keys[scalar].of}(x)`;
  switch (op) {
    case "sum":
      return {
        start: wgsl`var sum = ${scalar}(0);`,
        step: wgsl`sum += x;`,
        result: wgsl`${workgroupSum(THREADS, scalar)}(sum, lane)`,
      };
    case "max":
      return {
        start: wgsl`var largest = 0u;`,
        step: wgsl`largest = max(largest, ${key});`,
        result: wgsl`${keys[scalar].back}(${workgroupMax(THREADS)}(largest, lane))`,
      };
    case "argmax":
      return {
        // Behind all others, of equal keys too.
        start: wgsl`var found = ${best}(0u, 0xffffffffu);`,
        step: wgsl`found = ${better}(found, ${best}(${key}, j));`,
        result: wgsl`i32(${workgroupArgmax(THREADS)}(found, lane).index)`,
      };
  }
}

function makeShader(op: ReduceOp, from: Stored, to: Stored): Shader {
  const { start, step, result } = foldingOf(op, from);
  return kernelShader({
    name: op,
    reads: { x_words: "u32" },
    writes: { out_words: to.bits < 32 ? "atomic<u32>" : "u32" },
    params: wordFields("count", "length", "out_offset", ...rowFields("x")),
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
  ${start}
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${rowElement("x", from, "j")}
    ${step}
  }
  let result = ${result};
  if (lane == 0u) {
${storeOne(to, "p.out_offset + group", wgsl`result`)}
  }`,
  });
}
