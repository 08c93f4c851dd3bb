import type { Operand } from "../../../contract/operand.ts";
import { ArgumentError } from "../../../errors.ts";
import { sizeOf } from "../../../layout.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { CoreKernels } from "../../../contract/kernels.ts";
import { areHostBools, runOnHost } from "../host-op.ts";
import type { KernelContext } from "../kernel-context.ts";
import { walk } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { GpuJsStorage } from "../storage.ts";

/** Rows that an f32 can number. */
const DEVICE_ROWS = 2 ** 24;

export const hasNumberableRows: Condition<"gather"> = {
  says: "at most 2^24 rows",
  holds: ({ table }) => (table.layout.shape[0] ?? 0) <= DEVICE_ROWS,
};

/** @throws ArgumentError for an index outside the table; a kernel would read whatever lies there */
export function* checkIndices(context: KernelContext, op: string, indices: Operand, rows: number): Steps<void> {
  const values = yield* context.residency.onHost(indices.handle as GpuJsStorage);
  const [count = 0] = indices.layout.shape;
  const [step = 0] = indices.layout.strides;
  for (let n = 0; n < count; n++) {
    const index = values[indices.layout.offset + n * step] ?? 0;
    if (index < 0 || index >= rows)
      throw new ArgumentError(op, `index ${index} at position ${n} is outside [0, ${rows})`, { index, rows });
  }
}

export const gatherKernels = (context: KernelContext): Pick<CoreKernels, "gather"> => ({
  gather(out, { table, indices }) {
    context.schedule("gather", out, [table, indices], function* (target) {
      const [rows = 0] = table.layout.shape;
      if (areHostBools(table)) return yield* runOnHost(context, "gather", target, out, { table, indices }, {});
      yield* checkIndices(context, "gather", indices, rows);
      const { shape } = out.layout;
      const length = sizeOf(shape);
      if (length === 0) return;
      const text = new KernelText(length);
      const readRow = text.input("indices", yield* context.source("gather", indices));
      const read = text.input("table", yield* context.source("gather", table));
      const [rowStep = 0, ...inner] = table.layout.strides;
      const [indexAt = "i", tableAt = "i"] = walk(text, "i", shape, [
        {
          name: "indices",
          layout: { strides: [indices.layout.strides[0] ?? 0, ...inner.map(() => 0)], offset: indices.layout.offset },
        },
        { name: "table", layout: { strides: [0, ...inner], offset: table.layout.offset } },
      ]);
      const row = text.int("row", text.call("toInteger", readRow(indexAt)));
      text.argument("rowStep", "Integer", rowStep);
      text.result(read(`${tableAt} + ${row} * rowStep`), out.dtype);
      context.residency.putDevice(target, yield* context.execute("gather", text));
    });
  },
});
