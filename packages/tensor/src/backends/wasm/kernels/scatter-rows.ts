import type { Operand } from "../../../contract/operand.ts";
import { dtypes } from "../../../dtypes/dtype.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { wasmStorage } from "../memory/storage.ts";

/** What is done with an element: copied by its bytes, or rounded from f32. */
const ROUND_BF16 = 16;
const ROUND_F16 = 17;

export const hasSolidSlots: Condition<"scatterRows"> = {
  says: "a pool whose rows lie in one piece",
  holds: (_, __, out) => out !== null && (out.layout.shape.length === 3 || isSolid(out)),
};

const isSolid = ({ layout: { shape, strides } }: Operand): boolean => shape[3] <= 1 || strides[3] === 1;

export const createScatterRows =
  (context: KernelContext): Kernel<"scatterRows"> =>
  (out, { rows, slots }) => {
    const [pages, K, P, D = 1] = out.layout.shape;
    const [N] = rows.layout.shape;
    const { bytes } = dtypes[out.dtype];
    const width = dtypes[rows.dtype].bytes;
    const how = rows.dtype === out.dtype ? bytes : out.dtype === "f16" ? ROUND_F16 : ROUND_BF16;
    context.scoped(() => {
      // Where the pool lies, the rows go first.
      const there = context.at(out);
      const brought = (address: number, length: number): number =>
        there === context ? address : there.bring(context, address, length);
      there.scoped(() => {
        const from = brought(context.dense(rows), width * sizeOf(rows.layout.shape));
        const picks = brought(context.dense(slots), 4 * N);
        there.words(0, there.address(out), from, picks, K, D, P, pages * P, how);
        there.words(
          8,
          ...out.layout.strides.slice(0, 3).map((stride) => stride * bytes),
          D * width,
          D * bytes,
          wasmStorage(out.handle).mark,
        );
        there.run("scatterRows", N * K, Math.ceil(16_384 / Math.max(1, D)));
      });
    });
  };
