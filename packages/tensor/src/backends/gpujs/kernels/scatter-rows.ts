import { isContiguous, sizeOf } from "../../../layout.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { address, unravel } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { GpuJsStorage } from "../storage.ts";

export const isInOnePiece: Condition<"scatterRows"> = {
  says: "a pool in one piece",
  holds: (_, __, out) => out !== null && isContiguous(out.layout),
};

/**
 * As `sliceUpdate`, a new copy of the storage: each position inside the pool looks up which row comes there, in a table
 * of all slots that the host makes of theirs.
 */
export const scatterRowsKernels = (context: KernelContext): Pick<FusedKernels, "scatterRows"> => ({
  scatterRows(out, { rows, slots }) {
    context.schedule("scatterRows", out, [out, rows, slots], function* (target) {
      const [pages = 0, K = 0, P = 0, D = 1] = out.layout.shape;
      const size = sizeOf(out.layout.shape);
      if (size === 0 || sizeOf(rows.layout.shape) === 0) return;
      const picks = yield* context.residency.onHost(slots.handle as GpuJsStorage);
      const rowOf = new Float32Array(pages * P).fill(-1);
      for (let n = 0; n < (rows.layout.shape[0] ?? 0); n++) {
        const slot = picks[slots.layout.offset + n * (slots.layout.strides[0] ?? 0)] ?? -1;
        if (slot >= 0 && slot < pages * P) rowOf[slot] = n;
      }
      const text = new KernelText(target.length);
      const readOld = text.input("old", yield* context.source("scatterRows", { ...out, handle: target }));
      const readNew = text.input("rows", yield* context.source("scatterRows", rows));
      const table = text.table("rowOf", rowOf);
      text.float("result", readOld("i"));
      text.int("rest", `i - ${text.argument("offset", "Integer", out.layout.offset)}`);
      text.float("inside", "1");
      text.line(`if (rest < 0) { inside = 0; } if (rest >= ${text.argument("size", "Integer", size)}) { inside = 0; }`);
      text.line("if (inside < 1) { rest = 0 * offset; }");
      unravel(text, "rest", [
        ["page", pages],
        ["k", K],
        ["place", P],
        ["d", D],
      ]);
      text.int("slot", `page * ${text.argument("slotsOfPage", "Integer", P)} + place`);
      text.float("row", `${table}[slot]`);
      text.line("if (row < 0) { inside = 0; }");
      text.line("if (inside > 0) {");
      const n = text.int("n", text.call("toInteger", "row"));
      const at = address(
        text,
        { name: "rows", layout: rows.layout },
        rows.layout.shape.length === 3 ? [n, "k", "d"] : [n, "k"],
      );
      const value = readNew(at);
      text.line(`result = ${out.dtype === rows.dtype ? value : text.rounded(value, out.dtype)};`);
      text.line("}");
      text.line("return result;");
      context.residency.putDevice(target, yield* context.execute("scatterRows", text));
    });
  },
});
