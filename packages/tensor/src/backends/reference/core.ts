import type { Operand } from "../../contract/operand.ts";
import { dtypes, type DType } from "../../dtypes/dtype.ts";
import { ArgumentError } from "../../errors.ts";
import type { CoreKernels } from "../../contract/kernels.ts";
import { binaryScalar, compareScalar, saturate, unaryScalar } from "../host/scalar-ops.ts";
import { columns, forEachIndex, lastLength, reader, rows, writer } from "./elements.ts";

/** Smallest and largest value of the integer dtypes. */
const ranges: Partial<Record<DType, readonly [number, number]>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  i8: [-128, 127],
  u8: [0, 255],
};

const copyElements = (out: Operand, x: Operand): void => {
  const read = reader(x);
  const write = writer(out);
  forEachIndex(out.layout.shape, (index) => write(index, read(index)));
};

/** The core ops, written to be read: one loop over the output, every sum in f64, one rounding at the end. */
export const coreKernels: CoreKernels = {
  fill(out, _, { value }) {
    const write = writer(out);
    forEachIndex(out.layout.shape, (index) => write(index, value));
  },

  arange(out, _, { start, step }) {
    const write = writer(out);
    forEachIndex(out.layout.shape, (index) => write(index, start + index[0] * step));
  },

  copy: (out, { x }) => copyElements(out, x),

  cast(out, { x }) {
    const range = dtypes[x.dtype].kind === "float" ? ranges[out.dtype] : undefined;
    if (!range) return copyElements(out, x);
    const read = reader(x);
    const write = writer(out);
    forEachIndex(out.layout.shape, (index) => write(index, saturate(read(index), ...range)));
  },

  unary(out, { x }, { op }) {
    const read = reader(x);
    const write = writer(out);
    const fn = unaryScalar[op];
    forEachIndex(out.layout.shape, (index) => write(index, fn(read(index))));
  },

  binary(out, { a, b }, { op }) {
    const left = reader(a);
    const right = reader(b);
    const write = writer(out);
    // 32-bit products do not fit in f64's 53 bits.
    const fn = op === "mul" && dtypes[out.dtype].kind === "int" ? Math.imul : binaryScalar[op];
    forEachIndex(out.layout.shape, (index) => write(index, fn(left(index), right(index))));
  },

  compare(out, { a, b }, { op }) {
    const left = reader(a);
    const right = reader(b);
    const write = writer(out);
    const fn = compareScalar[op];
    forEachIndex(out.layout.shape, (index) => write(index, fn(left(index), right(index)) ? 1 : 0));
  },

  where(out, { condition, a, b }) {
    const choose = reader(condition);
    const left = reader(a);
    const right = reader(b);
    const write = writer(out);
    forEachIndex(out.layout.shape, (index) => write(index, choose(index) ? left(index) : right(index)));
  },

  reduce(out, { x }, { op }) {
    const read = rows(x);
    const write = writer(out);
    const R = lastLength(x);
    forEachIndex(out.layout.shape, (index) => {
      const row = read(index);
      let total = 0;
      let best = -Infinity;
      let bestAt = -1;
      for (let r = 0; r < R; r++) {
        const value = row(r);
        total += value;
        if (bestAt < 0 || (Number.isNaN(value) && !Number.isNaN(best)) || value > best) {
          best = value;
          bestAt = r;
        }
      }
      write(index, op === "sum" ? total : op === "max" ? best : bestAt);
    });
  },

  matmul(out, { a, b }) {
    const left = rows(a);
    const right = columns(b);
    const write = writer(out);
    const K = lastLength(a);
    forEachIndex(out.layout.shape, (index) => {
      const row = left(index);
      const column = right([...index.slice(0, -2), index[index.length - 1]]);
      let total = 0;
      for (let k = 0; k < K; k++) total += row(k) * column(k);
      write(index, total);
    });
  },

  gather(out, { table, indices }) {
    const row = reader(indices);
    const read = reader(table);
    const write = writer(out);
    const count = table.layout.shape[0];
    forEachIndex(indices.layout.shape, ([n]) => {
      const at = row([n]);
      if (at < 0 || at >= count)
        throw new ArgumentError("gather", `index ${at} at position ${n} is outside [0, ${count})`, {
          index: at,
          rows: count,
        });
    });
    forEachIndex(out.layout.shape, (index) => write(index, read([row([index[0]]), ...index.slice(1)])));
  },

  sliceUpdate: (out, { source }) => copyElements(out, source),
};
