import type { Kernel, NormParams } from "../../../../contract/kernels.ts";
import type { Operand } from "../../../../contract/operand.ts";
import type { DType } from "../../../../dtypes/dtype.ts";
import type { KernelContext, Place } from "../../kernel-context.ts";
import { floatWord } from "../../params.ts";
import type { Shader } from "../../pipelines.ts";
import { inverseRoot } from "../../wgsl/arithmetic.ts";
import { workgroupSum } from "../../wgsl/reduce.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { kernelShader, THREADS } from "../module.ts";
import {
  rowElement,
  rowFields,
  rowsOf,
  rowStart,
  vectorElement,
  vectorFields,
  vectorWords,
  wordFields,
} from "./rows.ts";
import { asNumbers } from "../stored.ts";

const f32 = asNumbers("f32");
const sumOf = workgroupSum(THREADS);

/** residual + x·rsqrt(mean(x²) + eps)·(weight + plus), a workgroup per row. In f32 `f32-mul` and `cast-then-mul` are the same. */
export const createRmsNorm =
  (context: KernelContext): Kernel<"rmsNorm"> =>
  (out, { x, weight, residual }, params) =>
    context.scoped(() => runRmsNorm(context, out, out.layout.offset, x, { weight, residual, ...params }));

/** What an `rmsNorm` has besides x. */
type RmsNormOf = NormParams & { readonly weight: Operand; readonly residual?: Operand | undefined };

/** `rmsNorm` of the rows of x, back to back from an element of `out` on. To be called in a `scoped`. */
export function runRmsNorm(
  context: KernelContext,
  out: Place,
  offset: number,
  x: Operand,
  { weight, residual, eps, weightMode }: RmsNormOf,
): void {
  const { place, count, length, words } = rowsOf(context, x);
  const onto = residual && rowsOf(context, residual);
  const key = `rmsNorm ${weight.dtype}${onto ? " onto" : ""}`;
  context.run({
    shader: context.shader(key, () => rmsShader(weight.dtype, onto !== undefined)),
    ...{ reads: onto ? [place, weight, onto.place] : [place, weight], writes: [out] },
    words: [
      ...[count, length, offset, ...words, ...vectorWords(weight), ...(onto?.words ?? [])],
      ...[floatWord(eps), floatWord(weightMode === "one-plus" ? 1 : 0)],
    ],
    groups: length === 0 ? 0 : count,
  });
}

function rmsShader(weight: DType, isOnto: boolean): Shader {
  const element = rowElement("x", f32, "j");
  return kernelShader({
    name: "rmsNorm",
    reads: { x_words: "u32", weight_words: "u32", ...(isOnto && { residual_words: "u32" }) },
    writes: { out: "f32" },
    params: {
      ...wordFields("count", "length", "out_offset", ...rowFields("x"), ...vectorFields("weight")),
      ...wordFields(...(isOnto ? rowFields("residual") : [])),
      ...{ eps: "f32", plus: "f32" },
    },
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
${isOnto ? rowStart("residual", "group") : ""}
  var squares = 0.0;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${element}
    squares += x * x;
  }
  let scale = ${inverseRoot}(${sumOf}(squares, lane) / f32(p.length) + p.eps);
  let start = p.out_offset + group * p.length;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${element}
${vectorElement("weight", asNumbers(weight), "j")}
${isOnto ? rowElement("residual", f32, "j") : ""}
    out[start + j] = ${isOnto ? "residual + " : ""}x * scale * (weight + p.plus);
  }`,
  });
}

/** (x − mean)·rsqrt(var + eps)·weight + bias, a workgroup per row. */
export const createLayerNorm =
  (context: KernelContext): Kernel<"layerNorm"> =>
  (out, { x, weight, bias }, { eps }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, x);
      const dtypes = [weight.dtype, bias?.dtype] as const;
      context.run({
        shader: context.shader(`layerNorm ${dtypes.join(" ")}`, () => layerShader(...dtypes)),
        ...{ reads: bias ? [place, weight, bias] : [place, weight], writes: [out] },
        words: [
          ...[count, length, out.layout.offset, ...words, ...vectorWords(weight)],
          ...(bias ? vectorWords(bias) : []),
          floatWord(eps),
        ],
        groups: length === 0 ? 0 : count,
      });
    });

function layerShader(weight: DType, bias: DType | undefined): Shader {
  const element = rowElement("x", f32, "j");
  return kernelShader({
    name: "layerNorm",
    reads: { x_words: "u32", weight_words: "u32", ...(bias && { bias_words: "u32" }) },
    writes: { out: "f32" },
    params: {
      ...wordFields("count", "length", "out_offset", ...rowFields("x"), ...vectorFields("weight")),
      ...wordFields(...(bias ? vectorFields("bias") : [])),
      eps: "f32",
    },
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
  var sum = 0.0;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${element}
    sum += x;
  }
  let mean = ${sumOf}(sum, lane) / f32(p.length);
  var squares = 0.0;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${element}
    squares += (x - mean) * (x - mean);
  }
  let scale = ${inverseRoot}(${sumOf}(squares, lane) / f32(p.length) + p.eps);
  let start = p.out_offset + group * p.length;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${element}
${vectorElement("weight", asNumbers(weight), "j")}
${bias ? vectorElement("bias", asNumbers(bias), "j") : ""}
    out[start + j] = (x - mean) * scale * weight${bias ? " + bias" : ""};
  }`,
  });
}
