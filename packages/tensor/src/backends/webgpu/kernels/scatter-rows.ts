import type { Kernel } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { partOf, type KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { convert } from "../wgsl/dtypes.ts";
import { wgsl } from "../wgsl/tag.ts";
import { storeOne } from "./elementwise.ts";
import { groupsFor, kernelShader } from "./module.ts";
import { vectorFields, vectorWords, wordFields } from "./rows/rows.ts";
import { asBits, asNumbers, load } from "./stored.ts";

/** out[slot div P, k, slot mod P, …] = rows[n, k, …] with slot = slots[n], a thread per element of rows. */
export const createScatterRows =
  (context: KernelContext): Kernel<"scatterRows"> =>
  (out, { rows, slots }) => {
    const [, K, D = 1] = rows.layout.shape;
    const [pages, , P] = out.layout.shape;
    const count = sizeOf(rows.layout.shape);
    const [rowToken, rowHead, rowStride = 0] = rows.layout.strides;
    const [page, head, place, stride = 0] = out.layout.strides;
    context.run({
      shader: context.shader(`scatterRows ${out.dtype} ${rows.dtype}`, () => makeShader(out.dtype, rows.dtype)),
      ...{ reads: [rows, slots], writes: [partOf(out, count * dtypes[out.dtype].bytes)] },
      words: [
        ...[count, K, D, P, pages * P, out.layout.offset, page, head, place, stride],
        ...[rows.layout.offset, rowToken, rowHead, rowStride, ...vectorWords(slots)],
      ],
      groups: groupsFor(count),
    });
  };

function makeShader(to: DType, from: DType): Shader {
  const as = to === from ? asBits : asNumbers;
  const element = load(as(from), "rows", "at");
  return kernelShader({
    name: "scatterRows",
    reads: { rows: "u32", slots: "u32" },
    writes: { out_words: as(to).bits < 32 ? "atomic<u32>" : "u32" },
    params: wordFields(
      ...["count", "heads", "width", "page_slots", "all_slots"],
      ...["out_offset", "out_page", "out_head", "out_slot", "out_stride"],
      ...["rows_offset", "rows_token", "rows_head", "rows_stride", ...vectorFields("slots")],
    ),
    body: wgsl`
  if (thread >= p.count) { return; }
  let d = thread % p.width;
  let head = thread / p.width % p.heads;
  let token = thread / (p.width * p.heads);
  let slot = slots[p.slots_offset + token * p.slots_stride];
  // Negative ones are too large as unsigned.
  if (slot >= p.all_slots) { return; }
  let at = p.rows_offset + token * p.rows_token + head * p.rows_head + d * p.rows_stride;
  let to = p.out_offset + slot / p.page_slots * p.out_page + head * p.out_head
    + slot % p.page_slots * p.out_slot + d * p.out_stride;
  let value = ${to === from ? element : convert(from, to, element)};
${storeOne(as(to), "to", wgsl`value`)}`,
  });
}
