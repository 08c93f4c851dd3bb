import type { OpSignatures } from "../../../contract/kernels.ts";
import type { Operand } from "../../../contract/operand.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { helper, wgsl } from "../wgsl/tag.ts";
import { kernelShader, THREADS } from "./module.ts";
import { hasQuads, loadQuad, quadType } from "./quads.ts";
import { vectorFields, vectorWords, wordFields } from "./rows/rows.ts";
import { asNumbers, load } from "./stored.ts";

/** Threads that share a row of weights: neighbours read 128 bytes of f32 that lie together. */
const PARTS = 8;

/** Rows of weights of a workgroup. */
const ROWS = THREADS / PARTS;

/**
 * Few rows of x: a workgroup takes eight rows of weights, read once for up to four rows of x, and waits once for the sums of
 * its threads. False where x and the weights do not lie in quads.
 */
export function runRowLinear(
  context: KernelContext,
  out: Operand,
  { x, weight, bias }: OpSignatures["linear"]["inputs"],
): boolean {
  if (!hasQuads(x.layout) || !hasQuads(weight.layout)) return false;
  const [M, K] = x.layout.shape;
  const [N] = weight.layout.shape;
  const tile = M === 1 ? 1 : 4;
  const dtypes = [weight.dtype, bias?.dtype] as const;
  context.run({
    shader: context.shader(`rowLinear ${tile} ${dtypes.join(" ")}`, () => makeShader(tile, ...dtypes)),
    ...{ reads: bias ? [x, weight, bias] : [x, weight], writes: [out], flops: 2 * M * N * K },
    words: [
      ...[M, N, K / 4, out.layout.offset, x.layout.offset / 4, M === 1 ? 0 : x.layout.strides[0] / 4],
      ...[weight.layout.offset / 4, N === 1 ? 0 : weight.layout.strides[0] / 4, ...(bias ? vectorWords(bias) : [])],
    ],
    groups: M === 0 ? 0 : Math.ceil(N / ROWS),
  });
  return true;
}

function makeShader(tile: 1 | 4, weight: DType, bias: DType | undefined): Shader {
  const rows = Array.from({ length: tile }, (_, m) => m);
  const partial = helper(wgsl`var<workgroup> partial: array<f32, ${tile * THREADS}>;`);
  return kernelShader({
    name: "rowLinear",
    reads: { x: "vec4<f32>", weight: quadType(weight), ...(bias && { bias: "u32" }) },
    writes: { out: "f32" },
    params: wordFields(
      ...["m", "n", "k", "out_offset", "x_offset", "x_row", "weight_offset", "weight_row"],
      ...(bias ? vectorFields("bias") : []),
    ),
    body: wgsl`
  let part = lane % ${PARTS}u;
  let column = min(group * ${ROWS}u + lane / ${PARTS}u, p.n - 1u);
  let weight_start = p.weight_offset + column * p.weight_row;
  for (var m0 = 0u; m0 < p.m; m0 += ${tile}u) {
${rows.map((m) => wgsl`    var sum_${m} = 0.0;\n    let x_${m} = p.x_offset + min(m0 + ${m}u, p.m - 1u) * p.x_row;`)}
    for (var i = part; i < p.k; i += ${PARTS}u) {
      let w = ${loadQuad(weight, "weight", wgsl`weight_start + i`)};
${rows.map((m) => wgsl`      sum_${m} += dot(w, x[x_${m} + i]);`)}
    }
    // What was left for other threads is read before it is overwritten.
    if (m0 > 0u) { workgroupBarrier(); }
${rows.map((m) => wgsl`    ${partial}[${m * THREADS}u + lane] = sum_${m};`)}
    workgroupBarrier();
    let n = group * ${ROWS}u + lane % ${ROWS}u;
    let m = m0 + lane / ${ROWS}u;
    if (lane < ${tile * ROWS}u && n < p.n && m < p.m) {
      let first = lane / ${ROWS}u * ${THREADS}u + lane % ${ROWS}u * ${PARTS}u;
      var total = 0.0;
      for (var i = 0u; i < ${PARTS}u; i++) { total += ${partial}[first + i]; }
      ${bias ? wgsl`let at = p.bias_offset + n * p.bias_stride;` : ""}
      out[p.out_offset + m * p.n + n] = total${bias ? wgsl` + ${load(asNumbers(bias), "bias", "at")}` : ""};
    }
  }`,
  });
}
