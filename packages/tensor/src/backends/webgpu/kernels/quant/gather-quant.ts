import type { Kernel } from "../../../../contract/kernels.ts";
import type { QuantFormatName } from "../../../../contract/operand.ts";
import { partOf, type KernelContext } from "../../kernel-context.ts";
import { quantRowBytes } from "../../../../quant/row-bytes.ts";
import type { Shader } from "../../pipelines.ts";
import { UNIT } from "../../storages/quant-layout.ts";
import { partWeights } from "../../wgsl/part-reader.ts";
import { partReaders } from "../../wgsl/weight-parts.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { groupsFor, kernelShader } from "../module.ts";
import { pieceFields, pieceWords, piecesOf, wordsOf } from "./matrices.ts";

/** out [n, K] = rows indices[n] of the table; an index outside it writes nothing, and the next read tells of it. */
export const createGatherQuant =
  (context: KernelContext): Kernel<"gatherQuant"> =>
  (out, { table, indices }) => {
    const [count] = indices.layout.shape;
    const units = table.columns / UNIT;
    const threads = count * units * 4;
    if (threads === 0) return;
    const check = context.checkIndices("gatherQuant", table.rows);
    for (const piece of piecesOf(table))
      context.run({
        shader: context.shader(`gatherQuant ${table.format}`, () => makeShader(table.format)),
        ...{
          reads: [indices, partOf(piece.place, count * quantRowBytes(table.format, table.columns))],
          writes: [out],
          check,
        },
        words: [
          ...[threads, units, table.rows, piece.row, out.layout.offset],
          ...[indices.layout.offset, indices.layout.strides[0], 2 * check.place],
          ...pieceWords(piece),
        ],
        groups: groupsFor(threads),
      });
  };

const fields = [
  ...["threads", "units", "table_rows", "first_row", "out_offset"],
  ...["indices_offset", "indices_stride", "status_place"],
  ...pieceFields(0),
];

/** A thread has a part of a unit: 8 weights. */
function makeShader(format: QuantFormatName): Shader {
  const reader = partReaders[format];
  const [low, high] = partWeights(reader);
  return kernelShader({
    name: `gatherQuant ${format}`,
    reads: { indices: "u32", weights_0: "u32" },
    writes: { out: "f32", status: "atomic<u32>" },
    params: Object.fromEntries(fields.map((field) => [field, "u32"])),
    body: wgsl`
  if (thread >= p.threads) { return; }
  let part = thread & 3u;
  let u = (thread >> 2u) % p.units;
  let n = (thread >> 2u) / p.units;
  let index = indices[p.indices_offset + n * p.indices_stride];
  if (index >= p.table_rows) {
    atomicOr(&status[p.status_place], 1u);
    atomicMax(&status[p.status_place + 1u], index);
    return;
  }
  // Rows of other buffers; below the first they wrap.
  let row = index - p.first_row;
  if (row >= p.rows_0) { return; }
  let unit = p.first_unit_0 + row * p.units + u;
  ${reader.load("unit", "part", wordsOf(0))}
  let lowWeights = ${low};
  let highWeights = ${high};
  let at = p.out_offset + 32u * (n * p.units + u) + 4u * part;
  for (var c = 0u; c < 4u; c++) {
    out[at + c] = lowWeights[c];
    out[at + 16u + c] = highWeights[c];
  }`,
  });
}
