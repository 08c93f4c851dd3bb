import type { Kernel } from "../../../../contract/kernels.ts";
import type { DType } from "../../../../dtypes/dtype.ts";
import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { keys } from "../../wgsl/order.ts";
import { helper, wgsl } from "../../wgsl/tag.ts";
import { storeOne } from "../elementwise.ts";
import { groupsFor, kernelShader, THREADS } from "../module.ts";
import { rowElement, rowFields, rowsOf, rowStart, wordFields } from "./rows.ts";
import { asBits, asNumbers } from "../stored.ts";

/** out[r] = x[0] + … + x[r]: each thread of a row's workgroup sums a run, then goes on from what is before it. */
export const createCumsum =
  (context: KernelContext): Kernel<"cumsum"> =>
  (out, { x }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, x);
      context.run({
        shader: context.shader(`cumsum ${x.dtype}`, () => cumsumShader(x.dtype)),
        ...{ reads: [place], writes: [out] },
        words: [count, length, out.layout.offset, Math.ceil(length / THREADS), ...words],
        groups: length === 0 ? 0 : count,
      });
    });

function cumsumShader(dtype: DType): Shader {
  const stored = asNumbers(dtype);
  const sums = helper(wgsl`var<workgroup> runSums: array<${stored.scalar}, ${THREADS}>;`);
  return kernelShader({
    name: "cumsum",
    reads: { x_words: "u32" },
    writes: { out_words: stored.bits < 32 ? "atomic<u32>" : "u32" },
    params: wordFields("count", "length", "out_offset", "run", ...rowFields("x")),
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
  let begin = lane * p.run;
  let end = min(begin + p.run, p.length);
  var sum = ${stored.scalar}(0);
  for (var j = begin; j < end; j++) {
${rowElement("x", stored, "j")}
    sum += x;
  }
  ${sums}[lane] = sum;
  workgroupBarrier();
  sum = ${stored.scalar}(0);
  for (var before = 0u; before < lane; before++) { sum += ${sums}[before]; }
  for (var j = begin; j < end; j++) {
${rowElement("x", stored, "j")}
    sum += x;
${storeOne(stored, "p.out_offset + group * p.length + j", wgsl`sum`)}
  }`,
  });
}

/** Positions in rising or falling order: a thread per element counts those that come before it. */
export const createArgsort =
  (context: KernelContext): Kernel<"argsort"> =>
  (out, { x }, { descending }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, x);
      context.run({
        shader: context.shader(`argsort ${x.dtype}`, () => argsortShader(x.dtype)),
        ...{ reads: [place], writes: [out] },
        words: [count * length, length, out.layout.offset, descending ? 0xffffffff : 0, ...words],
        groups: groupsFor(count * length),
      });
    });

function argsortShader(dtype: DType): Shader {
  const stored = asNumbers(dtype);
  const keyOf = keys[stored.scalar].of;
  return kernelShader({
    name: "argsort",
    reads: { x_words: "u32" },
    writes: { out: "u32" },
    params: wordFields("count", "length", "out_offset", "flip", ...rowFields("x")),
    body: wgsl`
  if (thread >= p.count) { return; }
  let row = thread / p.length;
  let own = thread % p.length;
${rowStart("x", "row")}
  var key = 0u;
  {
${rowElement("x", stored, "own")}
    key = ${keyOf}(x) ^ p.flip;
  }
  var before = 0u;
  for (var j = 0u; j < p.length; j++) {
${rowElement("x", stored, "j")}
    let other = ${keyOf}(x) ^ p.flip;
    if (other < key || (other == key && j < own)) { before++; }
  }
  out[p.out_offset + row * p.length + before] = own;`,
  });
}

/** out = x with source put, or added, at indices, the last of equal ones last: a thread per element looks for what is its. */
export const createScatter =
  (context: KernelContext): Kernel<"scatter"> =>
  (out, { x, indices, source }, { add }) =>
    context.scoped(() => {
      const [rows, places, sources] = [x, indices, source].map((one) => rowsOf(context, one));
      const { count, length } = rows;
      if (count * length === 0 && count * places.length === 0) return;
      const check = context.checkIndices("scatter", length);
      context.run({
        shader: context.shader(`scatter ${x.dtype} ${add}`, () => scatterShader(x.dtype, add)),
        ...{ reads: [rows.place, places.place, sources.place], writes: [out], check },
        words: [
          ...[count * length, length, out.layout.offset, places.length, 2 * check.place],
          ...[...rows.words, ...places.words, ...sources.words],
        ],
        groups: groupsFor(Math.max(count * length, 1)),
      });
    });

function scatterShader(dtype: DType, isSum: boolean): Shader {
  const stored = isSum ? asNumbers(dtype) : asBits(dtype);
  return kernelShader({
    name: "scatter",
    reads: { x_words: "u32", index_words: "u32", source_words: "u32" },
    writes: { out_words: stored.bits < 32 ? "atomic<u32>" : "u32", status: "atomic<u32>" },
    params: wordFields(
      ...["count", "length", "out_offset", "places", "status_place"],
      ...[...rowFields("x"), ...rowFields("index"), ...rowFields("source")],
    ),
    body: wgsl`
  if (thread >= p.count) { return; }
  let row = thread / p.length;
  let own = thread % p.length;
${rowStart("x", "row")}
${rowStart("index", "row")}
${rowStart("source", "row")}
${rowElement("x", stored, "own")}
  var value = x;
  for (var j = 0u; j < p.places; j++) {
${rowElement("index", asBits("i32"), "j")}
    if (index >= p.length) {
      atomicOr(&status[p.status_place], 1u);
      atomicMax(&status[p.status_place + 1u], index);
    }
    if (index == own) {
${rowElement("source", stored, "j")}
      value ${isSum ? "+=" : "="} source;
    }
  }
${storeOne(stored, "p.out_offset + thread", wgsl`value`)}`,
  });
}
