import type { Operand } from "../../../contract/operand.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import type { Layout } from "../../../layout.ts";
import { arrayOf } from "../host-memory.ts";
import { multiplyRows } from "../product.ts";
import { StridedRuns } from "../strided-runs.ts";
import type { Scratch } from "../scratch.ts";

/** Where the matrices of `[…, M, N]` start. */
function batchLayout({ shape, strides, offset }: Layout): Layout {
  return { shape: shape.slice(0, -2), strides: strides.slice(0, -2), offset };
}

/** Rows of a with columns of b, matrix by matrix; transposing is a choice of strides. */
export function createMatmul(scratch: Scratch): Kernel<"matmul"> {
  const runs = new StridedRuns();
  return (out: Operand, { a, b }) => {
    const [M, K] = a.layout.shape.slice(-2);
    const N = b.layout.shape[b.layout.shape.length - 1];
    const [aRow, aStep] = a.layout.strides.slice(-2);
    const [bStep, bColumn] = b.layout.strides.slice(-2);
    const left = { array: arrayOf(a.handle), dtype: a.dtype, rowStride: aRow, step: aStep };
    const right = { array: arrayOf(b.handle), dtype: b.dtype, rowStride: bColumn, step: bStep };
    const product = { array: arrayOf(out.handle), dtype: out.dtype, M, N };
    runs.plan(batchLayout(out.layout), batchLayout(a.layout), batchLayout(b.layout));
    const { at, step } = runs;
    while (runs.next()) {
      for (let i = 0; i < runs.length; i++) {
        multiplyRows(
          scratch,
          { ...product, at: at[0] + i * step[0] },
          { ...left, at: at[1] + i * step[1] },
          { ...right, at: at[2] + i * step[2] },
          K,
          null,
        );
      }
    }
  };
}
