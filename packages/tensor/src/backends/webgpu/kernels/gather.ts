import type { Kernel } from "../../../contract/kernels.ts";
import { sizeOf, type Layout } from "../../../layout.ts";
import { joinLayouts } from "../joint-layout.ts";
import { partOf, type KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { convert } from "../wgsl/dtypes.ts";
import { wgsl } from "../wgsl/tag.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { rowPieces } from "../storages/row-shards.ts";
import { dense } from "./dense.ts";
import { eachElement, placed } from "./elementwise.ts";
import { groupsFor, kernelShader } from "./module.ts";
import { asBits, asNumbers, load } from "./stored.ts";

/** out [n, …rest] = table[indices[n], …rest]; an index outside the table gives zeros, and the next read tells of it. */
export const createGather =
  (context: KernelContext): Kernel<"gather"> =>
  (out, { table, indices }) =>
    context.scoped(() => {
      const size = sizeOf(out.layout.shape);
      if (size === 0) return;
      const [rows] = indices.layout.shape;
      const pieces = rowPieces(table);
      const perWord = 32 / asBits(out.dtype).bits;
      const start = out.layout.offset;
      const threads = Math.ceil(((start % perWord) + size) / perWord);
      const check = context.checkIndices("gather", table.layout.shape[0]);
      const isPart = pieces !== null;
      const shader = context.shader(`gather ${out.dtype} ${table.dtype} ${isPart}`, () =>
        makeShader(out.dtype, table.dtype, isPart),
      );
      const bytes = (size * dtypes[table.dtype].bytes) / (pieces?.length ?? 1);
      for (const { row: firstRow, operand } of pieces ?? [{ row: 0, operand: table }]) {
        // Elements of a row at one distance, or those of a copy.
        const isEven = joinLayouts([withoutFirst(operand.layout)]).shape.length <= 1;
        const { place, layout } = isEven ? placed(operand) : dense(context, operand);
        const row = joinLayouts([withoutFirst(layout)]);
        context.run({
          shader,
          ...{ reads: [partOf(place, bytes), indices], writes: [out], check },
          words: [
            ...[threads, size, start % perWord, Math.floor(start / perWord)],
            ...[size / rows, layout.offset, layout.strides[0], row.strides[0][0] ?? 0],
            ...[table.layout.shape[0], indices.layout.offset, indices.layout.strides[0], 2 * check.place],
            ...[firstRow, layout.shape[0]],
          ],
          groups: groupsFor(threads),
        });
      }
    });

const withoutFirst = ({ shape, strides, offset }: Layout): Layout => ({
  shape: shape.slice(1),
  strides: strides.slice(1),
  offset,
});

const fields = [
  ...["threads", "count", "shift", "first"],
  ...["row_length", "table_offset", "row_stride", "stride"],
  ...["rows", "indices_offset", "indices_stride", "status_place"],
  ...["first_row", "part_rows"],
];

/** @param isPart rows of other buffers are left to other calls */
function makeShader(to: DType, from: DType, isPart: boolean): Shader {
  const isMove = to === from;
  const stored = (isMove ? asBits : asNumbers)(to);
  const element = load((isMove ? asBits : asNumbers)(from), "table_words", "at");
  return kernelShader({
    name: "gather",
    reads: { table_words: "u32", indices: "u32" },
    writes: { out_words: "u32", status: "atomic<u32>" },
    params: Object.fromEntries(fields.map((field) => [field, "u32"])),
    body: wgsl`
  if (thread >= p.threads) { return; }
${eachElement(
  stored,
  "words",
  0,
  [
    wgsl`
  let index = indices[p.indices_offset + i / p.row_length * p.indices_stride];
  let isInside = index < p.rows;
  if (!isInside) {
    atomicOr(&status[p.status_place], 1u);
    atomicMax(&status[p.status_place + 1u], index);
  }
  // Below the first row of a part it wraps.
  let row = select(0u, index, isInside) - p.first_row;
  ${isPart ? `if (row >= p.part_rows) { ${stored.bits < 32 ? "continue" : "return"}; }` : ""}
  let at = p.table_offset + row * p.row_stride + i % p.row_length * p.stride;
  let value = ${isMove ? element : convert(from, to, element)};`,
  ],
  stored.encode(wgsl`value`),
)}`,
  });
}
