import { ArgumentError } from "../../errors.ts";
import type { Kernel } from "../../contract/kernels.ts";
import { arrayOf } from "./host-memory.ts";
import { rowReader } from "./quant-rows.ts";

/** For backends that keep blocks in host memory. @throws ArgumentError before anything is written */
export const gatherQuant: Kernel<"gatherQuant"> = (out, { table, indices }) => {
  const source = arrayOf(indices.handle);
  const [count] = indices.layout.shape;
  const [stride] = indices.layout.strides;
  const pick = (n: number): number => source[indices.layout.offset + n * stride];
  const { rows, columns } = table;
  for (let n = 0; n < count; n++) {
    const at = pick(n);
    if (at < 0 || at >= rows)
      throw new ArgumentError("gatherQuant", `index ${at} at position ${n} is outside [0, ${rows})`, {
        index: at,
        rows,
      });
  }
  const readRows = rowReader(table);
  const target = arrayOf(out.handle) as Float32Array;
  for (let n = 0; n < count; n++) readRows(target.subarray(out.layout.offset + n * columns), pick(n), 1);
};
