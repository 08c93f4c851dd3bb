import * as ops from "@helium-lm/tensor";
import type { Tensor } from "@helium-lm/tensor";
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { createReferenceBackend } from "@helium-lm/tensor/backends/reference";
import { dequantize, quantize, quantRowBytes } from "@helium-lm/tensor/quant";
import type { Tasks } from "../../../../testing/browser/tasks.ts";

const numbers = async (t: Tensor): Promise<number[]> => Array.from(await t.data());

/** In the page: values beside their definition, where the conformance suite draws none. */
export const valueTasks: Tasks = {
  /** Special values but subnormals, which devices flush: differences from the definition, as text. */
  async specials(mode: GpuJsMode) {
    const gpu = await createGpuJsBackend({ mode });
    const reference = createReferenceBackend();
    const values = [
      NaN,
      Infinity,
      -Infinity,
      0,
      -0,
      1,
      -1,
      0.5,
      2 ** -120,
      3.4028234663852886e38,
      -3.4028234663852886e38,
    ];
    const n = values.length;
    const unary = {
      neg: ops.neg,
      abs: ops.abs,
      exp: ops.exp,
      log: ops.log,
      sqrt: ops.sqrt,
      rsqrt: ops.rsqrt,
      tanh: ops.tanh,
      erf: ops.erf,
    };
    const binary = {
      add: ops.add,
      sub: ops.sub,
      mul: ops.mul,
      div: ops.div,
      maximum: ops.maximum,
      minimum: ops.minimum,
      pow: ops.pow,
      eq: ops.eq,
      lt: ops.lt,
      le: ops.le,
    };
    const differences: string[] = [];
    for (const dtype of ["f32", "bf16"] as const) {
      const both = async (name: string, run: (x: Tensor, row: Tensor) => Tensor): Promise<void> => {
        const results = await Promise.all(
          [reference, gpu].map(async (backend) => {
            const x = ops.tensor(backend, values, { shape: [n, 1], dtype });
            const row = ops.tensor(backend, values, { dtype });
            const out = ops.scope(() => run(x, row));
            const got = await numbers(out);
            for (const t of [x, row, out]) t.dispose();
            return got;
          }),
        );
        const [want, got] = results as [number[], number[]];
        want.forEach((value, i) => {
          // Results that are subnormal themselves are flushed; which of two zeros wins in max and min is open.
          const small = Math.abs(value) < 2 ** -126 && Math.abs(got[i]) < 2 ** -126;
          const zeros = (value === 0 && got[i] === 0 && /imum$/.test(name)) || (small && value !== 0);
          const near = Math.abs(got[i] - value) <= Math.abs(value) * 1e-6;
          if (!Object.is(value, got[i]) && !near && !zeros)
            differences.push(
              `${name} ${dtype}(${values[Math.floor(i / n)]}, ${values[i % n]}): expected ${value}, got ${got[i]}`,
            );
        });
      };
      for (const [name, op] of Object.entries(unary))
        await both(name, (x, row) => op(ops.add(ops.mul(x, 0), ops.expand(row, [n, n]))));
      for (const [name, op] of Object.entries(unary))
        await both(`${name} alone`, (_, row) => op(ops.expand(row, [n, n])));
      for (const [name, op] of Object.entries(binary)) await both(name, (x, row) => op(x, row));
      await both("where", (x, row) => ops.where(ops.lt(x, row), x, row));
      await both("max", (_, row) => ops.max(ops.expand(row, [n, n]), -1, { keepDims: true }));
      await both("argmax", (x, row) => ops.argmax(ops.maximum(x, ops.sub(row, row)), -1));
    }
    gpu.dispose();
    return differences;
  },

  /** Every 16-bit pattern: bits that do not come back as written, and values that kernels read differently. */
  async halves({ mode, packHalves }: { mode: GpuJsMode; packHalves: boolean }) {
    const backend = await createGpuJsBackend({ mode, packHalves });
    const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const result: Record<string, { bits: number; values: number; rounded: number; info: unknown }> = {};
    for (const dtype of ["f16", "bf16"] as const) {
      const { decode } = ops.dtypes[dtype];
      const x = ops.fromStored(backend, patterns, [65536], dtype);
      const stored = await x.stored();
      const isNaN16 = (i: number): boolean => Number.isNaN(decode(i));
      const bits = patterns.filter((i) => stored[i] !== i && !(isNaN16(i) && Number.isNaN(decode(stored[i])))).length;
      // ×1 goes through a kernel, which may flush the subnormals of f32.
      const wide = ops.scope(() => ops.mul(ops.cast(x, "f32"), 1));
      const values = await numbers(wide);
      const wrong = patterns.filter((i) => !Object.is(values[i], decode(i)) && Math.abs(decode(i)) >= 2 ** -126).length;
      const back = ops.cast(wide, dtype);
      const again = await back.stored();
      const rounded = patterns.filter((i) => again[i] !== i && Math.abs(decode(i)) >= 2 ** -126).length;
      result[dtype] = { bits, values: wrong, rounded, info: backend.info()["halves"] };
      for (const t of [x, wide, back]) t.dispose();
    }
    backend.dispose();
    return result;
  },

  /** Block-quantised matrices: bytes that changed, weights that differ, and how far products are from the definition. */
  async blocks(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode });
    const reference = createReferenceBackend();
    const result: Record<string, { bytes: number; weights: number; apart: number }> = {};
    for (const format of ["q8_0", "q4_0"] as const) {
      const [rows, columns] = [40, 160];
      const bytes = quantize(
        format,
        Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
        columns,
      );
      const x = Float32Array.from({ length: 3 * columns }, (_, i) => Math.cos(3 * i));
      const [want, got] = await Promise.all(
        [reference, backend].map(async (one) => {
          const s = new ops.Scope();
          const [matrix, weights, product] = s.run(() => {
            const w = ops.QuantMatrix.fromBlocks(one, format, [rows, columns], bytes);
            return [
              w,
              ops.dequantizeMatrix(w),
              ops.quantMatmul(ops.tensor(one, x, { shape: [3, columns] }), w),
            ] as const;
          });
          const read = [await matrix.blocks(), await weights.data(), await product.data()] as const;
          s.close();
          return read;
        }),
      );
      const differing = (k: 0 | 1): number => want[k].filter((value, i) => value !== got[k][i]).length;
      const apart = Math.max(...Array.from(want[2], (value, i) => Math.abs(value - got[2][i])));
      result[format] = { bytes: differing(0), weights: differing(1), apart };
    }
    backend.dispose();
    return result;
  },

  /** More elements than a float division can place: a transposed copy. */
  async wide(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode });
    const [rows, columns] = [1501, 1499];
    const x = ops.tensor(
      backend,
      new Float32Array(rows * columns).map((_, i) => i),
      { shape: [rows, columns] },
    );
    const y = ops.copy(ops.transpose(x));
    const values = await y.data();
    let wrong = 0;
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) if (values[c * rows + r] !== r * columns + c) wrong++;
    backend.dispose();
    return wrong;
  },

  /** A q8_0 matrix of more than 2^24 floats, as a vocabulary is: weights of its last rows, and products, that are wrong. */
  async wideBlocks(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode });
    const [rows, columns, last] = [48_000, 1024, 16];
    const rowBytes = quantRowBytes("q8_0", columns);
    // Every row has bytes of its own, the scales' among them kept finite.
    const bytes = new Uint8Array(rows * rowBytes).map((_, i) => (i * 37 + Math.floor(i / rowBytes) * 101) & 0x3f);
    const matrix = ops.QuantMatrix.fromBlocks(backend, "q8_0", [rows, columns], bytes);
    const want = dequantize("q8_0", bytes.subarray((rows - last) * rowBytes));
    const indices = Array.from({ length: last }, (_, i) => rows - last + i);
    const found = await ops.gatherQuant(matrix, ops.tensor(backend, indices, { dtype: "i32" })).data();
    const weights = want.filter((value, i) => value !== found[i]).length;
    const ones = ops.full(backend, [1, columns], 1);
    const sums = await numbers(ops.quantMatmul(ones, matrix.narrowRows(rows - last, last)));
    const products = sums.filter((sum, r) => {
      const row = want.subarray(r * columns, (r + 1) * columns);
      const [exact, size] = [row.reduce((a, b) => a + b, 0), row.reduce((a, b) => a + Math.abs(b), 0)];
      return !(Math.abs(sum - exact) <= 1e-5 * size);
    }).length;
    backend.dispose();
    return { weights, products };
  },
};
