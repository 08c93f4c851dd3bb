import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import {
  gatherQuant,
  gatedProjection,
  quantMatmul,
  QuantMatrix,
  Rng,
  tensor,
  type Backend,
  type QuantFormatName,
} from "../../src/index.ts";
import { blocksOf } from "../../src/conformance/draws/quant-weights.ts";
import { quantFormatNames, quantFormats } from "../../src/quant/formats/index.ts";
import { dequantize, quantize } from "../../src/quant/index.ts";

const normals = (seed: number, length: number): Float32Array => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.normal());
};

/** Mean square error over mean square. */
const nmse = (got: ArrayLike<number>, want: ArrayLike<number>): number => {
  let [error, power] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    error += (got[i] - want[i]) ** 2;
    power += want[i] ** 2;
  }
  return error / power;
};

/** x [M, K] · w [N, K]ᵀ in f64. */
const product = (x: Float32Array, w: Float32Array, K: number): Float64Array => {
  const [M, N] = [x.length / K, w.length / K];
  return Float64Array.from({ length: M * N }, (_, i) => {
    const [m, n] = [Math.floor(i / N), i % N];
    let sum = 0;
    for (let k = 0; k < K; k++) sum += x[m * K + k] * w[n * K + k];
    return sum;
  });
};

/** Error of 8-bit activations, and of 16-bit ones (f32 sums). */
const limits = quantFormatNames.map((format) => [format, format === "q8_0" ? 1e-8 : 2e-4] as const);

/** Blocks of `rows` × `columns` random weights; some formats are only read, so bytes are drawn. */
const randomBlocks = (format: QuantFormatName, rows: number, columns: number): Uint8Array => {
  const blocks = columns / quantFormats[format].blockSize;
  return blocksOf({ format, firstRow: 0, rows, rowsAfter: 0, blocks, scales: "usual", seed: 3 });
};

describe.each([
  { threads: 1, simd: "relaxed" },
  { threads: 2, simd: "plain" },
  { threads: 2, simd: "relaxed", codegen: "wide" },
] as const)("wasm quantised products, $simd, $threads threads, $codegen", (options) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWasmBackend(options);
  });
  afterAll(() => backend.dispose());

  describe.each(limits)("%s", (format, limit) => {
    test("blocks and rows come back bit for bit", async () => {
      const [rows, columns] = [21, 512];
      const bytes = randomBlocks(format, rows, columns);
      using matrix = QuantMatrix.fromBlocks(backend, format, [rows, columns], bytes);
      expect(await matrix.blocks()).toEqual(bytes);
      using indices = tensor(backend, [20, 0, 7, 8], { dtype: "i32" });
      using picked = gatherQuant(matrix, indices);
      const values = dequantize(format, bytes);
      const expected = [20, 0, 7, 8].flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]);
      expect([...(await picked.data())]).toEqual(expected);
    });

    test.each([
      [1, 5, 256],
      [1, 24, 1024],
      [2, 8, 512],
      [3, 9, 256],
      [7, 17, 512],
      [9, 40, 256],
      // More than one pass over the tokens.
      [1, 9, 2816],
      [7, 9, 5376],
    ])("%i × %i × %i is the product of the dequantised weights", async (M, N, K) => {
      const bytes = randomBlocks(format, N, K);
      const x = normals(4, M * K);
      const bias = normals(5, N);
      using matrix = QuantMatrix.fromBlocks(backend, format, [N, K], bytes);
      using left = tensor(backend, x, { shape: [M, K] });
      using shift = tensor(backend, bias);
      using out = quantMatmul(left, matrix, shift);
      const plain = product(x, dequantize(format, bytes), K);
      const got = (await out.data()).map((value, i) => value - bias[i % N]);
      expect(nmse(got, plain)).toBeLessThan(limit + 1e-13);
    });

    test("a row has the same bits whatever stands beside it", async () => {
      const [M, N, K] = [7, 19, 512];
      const x = normals(4, M * K);
      using matrix = QuantMatrix.fromBlocks(backend, format, [N, K], randomBlocks(format, N, K));
      using left = tensor(backend, x, { shape: [M, K] });
      using out = quantMatmul(left, matrix);
      const all = await out.data();
      for (let m = 0; m < M; m++) {
        using row = tensor(backend, x.subarray(m * K, (m + 1) * K), { shape: [1, K] });
        using alone = quantMatmul(row, matrix);
        expect(await alone.data()).toEqual(all.slice(m * N, (m + 1) * N));
      }
    });

    test("a run of rows is a view", async () => {
      const [N, K] = [40, 256];
      using matrix = QuantMatrix.fromBlocks(backend, format, [N, K], randomBlocks(format, N, K));
      using x = tensor(backend, normals(4, 2 * K), { shape: [2, K] });
      using whole = quantMatmul(x, matrix);
      const all = await whole.data();
      for (const [start, length] of [
        [0, 8],
        [3, 2],
        [5, 20],
        [8, 32],
        [39, 1],
      ] as const) {
        using part = matrix.narrowRows(start, length);
        using out = quantMatmul(x, part);
        const expected = [0, N].flatMap((row) => [...all.subarray(row + start, row + start + length)]);
        expect([...(await out.data())]).toEqual(expected);
        using indices = tensor(backend, [length - 1], { dtype: "i32" });
        using row = gatherQuant(part, indices);
        expect(await row.data()).toEqual((await part.data()).slice((length - 1) * K));
      }
    });

    test("zero and huge activations", async () => {
      using matrix = QuantMatrix.fromBlocks(backend, format, [8, 256], randomBlocks(format, 8, 256));
      using zero = tensor(backend, new Float32Array(256), { shape: [1, 256] });
      using nothing = quantMatmul(zero, matrix);
      expect([...(await nothing.data())].every((value) => value === 0)).toBe(true);
      const x = normals(1, 256).map((value) => value * 2 ** 100);
      using huge = tensor(backend, x, { shape: [1, 256] });
      using out = quantMatmul(huge, matrix);
      expect(nmse(await out.data(), product(x, await matrix.data(), 256))).toBeLessThan(3e-4);
    });
  });

  test("nothing stays alive", () => {
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
  });

  test.each(["q4_0", "q8_0"] as const)("%s: more tokens than sums are kept for", async (format) => {
    const [M, N, K] = [4101, 9, 64];
    using matrix = QuantMatrix.fromBlocks(backend, format, [N, K], quantize(format, normals(3, N * K), K));
    const x = normals(4, M * K);
    using left = tensor(backend, x, { shape: [M, K] });
    using out = quantMatmul(left, matrix);
    using gated = gatedProjection(left, { gate: matrix, up: matrix, activation: "relu" });
    const [all, gates] = [await out.data(), await gated.data()];
    for (const m of [0, 4095, 4096, 4100]) {
      using row = tensor(backend, x.subarray(m * K, (m + 1) * K), { shape: [1, K] });
      using alone = quantMatmul(row, matrix);
      const values = await alone.data();
      expect(all.subarray(m * N, (m + 1) * N)).toEqual(values);
      expect([...gates.subarray(m * N, (m + 1) * N)]).toEqual([...values].map((v) => Math.fround(Math.max(v, 0) * v)));
    }
  });
});
