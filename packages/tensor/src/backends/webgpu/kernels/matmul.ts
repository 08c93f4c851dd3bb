import type { Kernel } from "../../../contract/kernels.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import type { Layout } from "../../../layout.ts";
import { joinLayouts, partsOf } from "../joint-layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl } from "../wgsl/tag.ts";
import { storeOne } from "./elementwise.ts";
import { groupsFor, kernelShader } from "./module.ts";
import { runTiles } from "./product-tiles.ts";
import { asNumbers, load } from "./stored.ts";

/** The leading axes of a layout, without the last two. */
const leading = ({ shape, strides, offset }: Layout): Layout => ({
  shape: shape.slice(0, -2),
  strides: strides.slice(0, -2),
  offset,
});

/** out [..., M, N] = a [..., M, K] × b [..., K, N], in tiles where they lie in quads, else one thread per element. */
export const createMatmul =
  (context: KernelContext): Kernel<"matmul"> =>
  (out, { a, b }) => {
    if (runTiles(context, { out, a, b })) return;
    const [m, k] = a.layout.shape.slice(-2);
    const n = b.layout.shape.at(-1) ?? 1;
    const dtypes = [out.dtype, a.dtype, b.dtype] as const;
    const shader = context.shader(`matmul ${dtypes.join(" ")}`, () => makeShader(...dtypes));
    const layouts = [out, a, b].map(({ layout }) => layout);
    const batch = joinLayouts(layouts.map(leading));
    for (const { shape, strides, offsets } of partsOf(batch, 2)) {
      const [outer, inner] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
      const count = outer * inner * m * n;
      context.run({
        shader,
        ...{ reads: [a, b], writes: [out], flops: 2 * count * k },
        words: [
          ...[count, m, n, k, inner],
          ...offsets,
          ...strides.flatMap((all) => [all.at(-2) ?? 0, all.at(-1) ?? 0]),
          ...layouts.flatMap(({ strides: all }) => all.slice(-2)),
        ],
        groups: groupsFor(count),
      });
    }
  };

const fields = [
  ...["count", "m", "n", "k", "inner"],
  ...["out", "a", "b"].map((one) => `${one}_offset`),
  ...["out", "a", "b"].flatMap((one) => [`${one}_outer`, `${one}_inner`]),
  ...["out", "a", "b"].flatMap((one) => [`${one}_row`, `${one}_column`]),
];

const makeShader = (out: DType, a: DType, b: DType): Shader =>
  kernelShader({
    name: "matmul",
    reads: { a: "u32", b: "u32" },
    writes: { out_words: asNumbers(out).bits < 32 ? "atomic<u32>" : "u32" },
    params: Object.fromEntries(fields.map((field) => [field, "u32"])),
    body: wgsl`
  if (thread >= p.count) { return; }
  let column = thread % p.n;
  let row = (thread / p.n) % p.m;
  let batch = thread / (p.n * p.m);
  let inner = batch % p.inner;
  let outer = batch / p.inner;
  var left = p.a_offset + outer * p.a_outer + inner * p.a_inner + row * p.a_row;
  var right = p.b_offset + outer * p.b_outer + inner * p.b_inner + column * p.b_column;
  var sum = 0.0;
  for (var i = 0u; i < p.k; i++) {
    sum += ${load(asNumbers(a), "a", "left")} * ${load(asNumbers(b), "b", "right")};
    left += p.a_column;
    right += p.b_row;
  }
  let to = p.out_offset + outer * p.out_outer + inner * p.out_inner + row * p.out_row + column * p.out_column;
${storeOne(asNumbers(out), "to", wgsl`sum`)}`,
  });
