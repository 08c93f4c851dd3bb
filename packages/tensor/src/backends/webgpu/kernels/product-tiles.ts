import type { DType } from "../../../dtypes/dtype.ts";
import type { Operand } from "../../../contract/operand.ts";
import { permuteLayout, type Layout } from "../../../layout.ts";
import { joinLayouts, partsOf } from "../joint-layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { groupsFor, kernelShader } from "./module.ts";
import { hasQuads, loadQuad, quadType } from "./quads.ts";
import { vectorFields, vectorWords, wordFields } from "./rows/rows.ts";
import { asNumbers, load } from "./stored.ts";

/** A product of f32 rows with a matrix `[K, N]`, whose columns or rows lie in quads. */
export interface TiledProduct {
  /** [..., M, N], contiguous. */
  readonly out: Operand;
  /** [..., M, K] f32 */
  readonly a: Operand;
  /** [..., K, N] */
  readonly b: Operand;
  readonly bias?: Operand | undefined;
}

const fours = [0, 1, 2, 3] as const;

/** Rows of a thread on a processor that plays a GPU: there a read of four floats costs as much as twenty products. */
const TALL = 8;

/**
 * Four rows by four columns per thread, from storage into registers: eight loads for 64 products, and no thread waits for
 * another. False where the operands do not lie in quads.
 */
export function runTiles(context: KernelContext, { out, a, b, bias }: TiledProduct): boolean {
  if (out.dtype !== "f32" || a.dtype !== "f32") return false;
  const columns = permuteLayout("matmul", b.layout, swapped(b.layout.shape.length));
  const isByColumns = hasQuads(columns);
  const right = isByColumns ? columns : b.layout;
  if (!hasQuads(a.layout) || !(isByColumns || (hasQuads(b.layout) && hasQuads(out.layout)))) return false;
  const [m, k] = a.layout.shape.slice(-2);
  const n = b.layout.shape.at(-1) ?? 1;
  const height = context.device.isFallback && m >= TALL ? TALL : 4;
  const key = `tiles ${height} ${isByColumns} ${b.dtype} ${bias?.dtype}`;
  const shader = context.shader(key, () => makeShader(height, isByColumns, b.dtype, bias?.dtype));
  const batch = joinLayouts([out.layout, a.layout, right].map(leading));
  const [rows, width] = [Math.ceil(m / height), Math.ceil(n / 4)];
  for (const { shape, strides, offsets } of partsOf(batch, 2)) {
    const [outer, inner] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
    const quads = (value: number): number => value / 4;
    context.run({
      shader,
      ...{ reads: bias ? [a, b, bias] : [a, b], writes: [out], flops: 2 * outer * inner * m * n * k },
      words: [
        ...[outer * inner * rows * width, m, n, k / 4, width, rows, inner],
        ...[offsets[0], strides[0].at(-2) ?? 0, strides[0].at(-1) ?? 0, out.layout.strides.at(-2) ?? 0],
        ...[quads(offsets[1]), quads(strides[1].at(-2) ?? 0), quads(strides[1].at(-1) ?? 0)],
        quads(m === 1 ? 0 : (a.layout.strides.at(-2) ?? 0)),
        ...[quads(offsets[2]), quads(strides[2].at(-2) ?? 0), quads(strides[2].at(-1) ?? 0)],
        quads(right.shape.at(-2) === 1 ? 0 : (right.strides.at(-2) ?? 0)),
        ...(bias ? vectorWords(bias) : []),
      ],
      groups: groupsFor(outer * inner * rows * width),
    });
  }
  return true;
}

const swapped = (rank: number): number[] => [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2];

/** The leading axes of a layout, without the last two. */
const leading = ({ shape, strides, offset }: Layout): Layout => ({
  shape: shape.slice(0, -2),
  strides: strides.slice(0, -2),
  offset,
});

function makeShader(height: number, isByColumns: boolean, b: DType, bias: DType | undefined): Shader {
  const rows = Array.from({ length: height }, (_, r) => r);
  const right = (index: Fragment): Fragment => loadQuad(b, "b", index);
  // By columns, b_j is column j at four places of K and sums are dot products; by rows, b_j is row j at four columns.
  const step = isByColumns
    ? [
        ...fours.map(
          (j) => wgsl`    let b_${j} = ${right(wgsl`b_start + min(column + ${j}u, p.n - 1u) * p.b_row + i`)};`,
        ),
        ...rows.map(
          (r) =>
            wgsl`    sum_${r} += vec4<f32>(dot(a_${r}, b_0), dot(a_${r}, b_1), dot(a_${r}, b_2), dot(a_${r}, b_3));`,
        ),
      ]
    : [
        ...fours.map((j) => wgsl`    let b_${j} = ${right(wgsl`b_start + (4u * i + ${j}u) * p.b_row + column / 4u`)};`),
        ...rows.map((r) => wgsl`    sum_${r} += a_${r}.x * b_0 + a_${r}.y * b_1 + a_${r}.z * b_2 + a_${r}.w * b_3;`),
      ];
  const added = (j: number): Fragment => (bias ? wgsl` + ${load(asNumbers(bias), "bias", `bias_${j}`)}` : wgsl``);
  return kernelShader({
    name: "product tiles",
    reads: { a: "vec4<f32>", b: quadType(b), ...(bias && { bias: "u32" }) },
    writes: { out: "f32" },
    params: wordFields(
      ...["count", "m", "n", "k", "width", "rows", "inner"],
      ...["out_offset", "out_outer", "out_inner", "out_row"],
      ...["a_offset", "a_outer", "a_inner", "a_row", "b_offset", "b_outer", "b_inner", "b_row"],
      ...(bias ? vectorFields("bias") : []),
    ),
    body: wgsl`
  if (thread >= p.count) { return; }
  let column = 4u * (thread % p.width);
  let row = ${height}u * (thread / p.width % p.rows);
  let batch = thread / (p.width * p.rows);
  let inner = batch % p.inner;
  let outer = batch / p.inner;
  let a_start = p.a_offset + outer * p.a_outer + inner * p.a_inner;
  let b_start = p.b_offset + outer * p.b_outer + inner * p.b_inner;
${rows.map((r) => wgsl`  let a_at_${r} = a_start + min(row + ${r}u, p.m - 1u) * p.a_row;\n  var sum_${r} = vec4<f32>();`)}
  for (var i = 0u; i < p.k; i++) {
${rows.map((r) => wgsl`    let a_${r} = a[a_at_${r} + i];`)}
${step}
  }
  let start = p.out_offset + outer * p.out_outer + inner * p.out_inner + column;
${bias ? fours.map((j) => wgsl`  let bias_${j} = p.bias_offset + min(column + ${j}u, p.n - 1u) * p.bias_stride;`) : ""}
${rows.map(
  (r) => wgsl`
  if (row + ${r}u < p.m) {
    let at = start + (row + ${r}u) * p.out_row;
${fours.map((j) => wgsl`    if (column + ${j}u < p.n) { out[at + ${j}u] = sum_${r}[${j}u]${added(j)}; }`)}
  }`,
)}`,
  });
}
