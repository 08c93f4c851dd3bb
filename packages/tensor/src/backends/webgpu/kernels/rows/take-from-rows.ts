import type { Kernel } from "../../../../contract/kernels.ts";
import { dtypes, type DType } from "../../../../dtypes/dtype.ts";
import { partOf, type KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { eachElement } from "../elementwise.ts";
import { groupsFor, kernelShader } from "../module.ts";
import { wordFields } from "./rows.ts";
import { asBits, load } from "../stored.ts";

/** out[m, s] = x[m, indices[m, s]] */
export const createTakeFromRows =
  (context: KernelContext): Kernel<"takeFromRows"> =>
  (out, { x, indices }) => {
    const [M, S] = indices.layout.shape;
    if (M * S === 0) return;
    const perWord = 32 / asBits(x.dtype).bits;
    const { offset } = out.layout;
    const threads = Math.ceil(((offset % perWord) + M * S) / perWord);
    const check = context.checkIndices("takeFromRows", x.layout.shape[1]);
    context.run({
      shader: context.shader(`takeFromRows ${asBits(x.dtype).key}`, () => makeShader(x.dtype)),
      ...{ reads: [partOf(x, M * S * dtypes[x.dtype].bytes), indices], writes: [out], check },
      words: [
        ...[threads, M * S, offset % perWord, Math.floor(offset / perWord), S, x.layout.shape[1]],
        ...[x.layout.offset, ...x.layout.strides, indices.layout.offset, ...indices.layout.strides, 2 * check.place],
      ],
      groups: groupsFor(threads),
    });
  };

function makeShader(dtype: DType): Shader {
  const stored = asBits(dtype);
  return kernelShader({
    name: "takeFromRows",
    reads: { x_words: "u32", indices: "u32" },
    writes: { out_words: "u32", status: "atomic<u32>" },
    params: wordFields(
      ...["threads", "count", "shift", "first", "width", "length"],
      ...["x_offset", "x_row", "x_stride", "indices_offset", "indices_row", "indices_stride", "status_place"],
    ),
    body: wgsl`
  if (thread >= p.threads) { return; }
${eachElement(
  stored,
  "words",
  0,
  [
    wgsl`
  let row = i / p.width;
  let index = indices[p.indices_offset + row * p.indices_row + i % p.width * p.indices_stride];
  let isInside = index < p.length;
  if (!isInside) {
    atomicOr(&status[p.status_place], 1u);
    atomicMax(&status[p.status_place + 1u], index);
  }
  let at = p.x_offset + row * p.x_row + select(0u, index, isInside) * p.x_stride;
  let value = ${load(stored, "x_words", "at")};`,
  ],
  wgsl`value`,
)}`,
  });
}
