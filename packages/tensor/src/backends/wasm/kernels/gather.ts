import type { Operand } from "../../../contract/operand.ts";
import { dtypes } from "../../../dtypes/dtype.ts";
import { ArgumentError } from "../../../errors.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { CoreKernels } from "../../../contract/kernels.ts";
import { sizeOf, type Layout } from "../../../layout.ts";
import { arrayOf } from "../../host/host-memory.ts";
import { STATUS } from "../threads/control.ts";
import type { KernelContext } from "../kernel-context.ts";

/** What is done with an element: copied by its bytes, or widened to f32. */
const WIDEN_BF16 = 16;
const WIDEN_F16 = 17;

export const hasSolidRows: Condition<"gather"> = {
  says: "a table whose rows lie in one piece",
  holds: ({ table }) => rowsAreSolid(table.layout),
};

function rowsAreSolid({ shape, strides }: Layout): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis > 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** Rows as they are stored, or widened from 16 bits. */
export const createGather =
  (context: KernelContext): CoreKernels["gather"] =>
  (out, { table, indices }) => {
    const { bytes } = dtypes[table.dtype];
    const how = out.dtype === table.dtype ? bytes : table.dtype === "f16" ? WIDEN_F16 : WIDEN_BF16;
    const [rows] = table.layout.shape;
    const size = sizeOf(table.layout.shape.slice(1));
    gatherBy(
      context,
      "gather",
      { out, table, indices, rows, rowBytes: size * dtypes[out.dtype].bytes },
      (there, to, picks, n) => {
        there.words(0, there.address(table), to, table.layout.strides[0] * bytes, size, picks, rows, how, STATUS);
        there.run("gather", n, Math.ceil(16_384 / Math.max(1, size)));
      },
    );
  };

interface GatherCall {
  readonly out: Operand;
  readonly table: Pick<Operand, "handle">;
  readonly indices: Operand;
  /** Rows of the table. */
  readonly rows: number;
  /** Of the result. */
  readonly rowBytes: number;
}

/**
 * Runs a kernel that looks rows up, in the memory of the table: the row numbers go there, the rows come back in portions.
 *
 * @param run writes `n` rows to address `to`, their numbers being at address `picks`
 * @throws ArgumentError for a number outside the table, which the kernel notes
 */
export function gatherBy(
  context: KernelContext,
  op: "gather" | "gatherQuant",
  { out, table, indices, rows, rowBytes }: GatherCall,
  run: (there: KernelContext, to: number, picks: number, n: number) => void,
): void {
  const [count] = indices.layout.shape;
  const there = context.at(table);
  context.scoped(() => {
    const picks = context.dense(indices);
    const target = context.address(out);
    if (there === context) run(context, target, picks, count);
    else {
      const atOnce = Math.max(1, Math.floor(there.arena.portion / Math.max(1, rowBytes)));
      for (let i = 0; i < count; i += atOnce)
        there.scoped(() => {
          const n = Math.min(atOnce, count - i);
          const numbers = there.bring(context, picks + 4 * i, 4 * n);
          const found = there.temporary(n * rowBytes);
          run(there, found, numbers, n);
          context.arena.u8.set(there.arena.u8.subarray(found, found + n * rowBytes), target + i * rowBytes);
        });
    }
  });
  if (there.takeStatus()) throw outside(op, indices, rows);
}

/** About the first number outside the table. */
function outside(op: "gather" | "gatherQuant", { handle, layout }: Operand, rows: number): ArgumentError {
  const stored = arrayOf(handle);
  const at = (n: number): number => stored[layout.offset + n * layout.strides[0]];
  let n = 0;
  while (n + 1 < layout.shape[0] && at(n) >= 0 && at(n) < rows) n++;
  return new ArgumentError(op, `index ${at(n)} at position ${n} is outside [0, ${rows})`, { index: at(n), rows });
}
