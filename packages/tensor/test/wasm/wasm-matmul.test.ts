import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import { matmul, Rng, tensor, transpose, type Backend } from "../../src/index.ts";

const values = (seed: number, length: number, next: (rng: Rng) => number): Float32Array => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => next(rng));
};

/** [rows, columns] → [columns, rows] */
const turned = (x: Float32Array, columns: number): Float32Array => {
  const rows = x.length / columns;
  return Float32Array.from({ length: x.length }, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]);
};

/** Around the blocks of the kernel: 96 or 192 rows, 64 or 256 columns, passes of 256 over K. */
const sizes: readonly (readonly [number, number, number])[] = [
  [1, 600, 9],
  [97, 257, 65],
  [203, 300, 271],
  [387, 256, 517],
];

describe.each(["relaxed", "plain"] as const)("wasm f32 matmul, %s", (simd) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWasmBackend({ simd, threads: 1 });
  });
  afterAll(() => backend.dispose());

  test.each(sizes)("%i × %i × %i of small whole numbers is exact", async (M, K, N) => {
    const whole = (rng: Rng): number => Math.floor(rng.uniform() * 17) - 8;
    const [x, y] = [values(1, M * K, whole), values(2, K * N, whole)];
    using a = tensor(backend, x, { shape: [M, K] });
    using b = tensor(backend, y, { shape: [K, N] });
    using out = matmul(a, b);
    const expected = new Float32Array(M * N);
    for (let m = 0; m < M; m++)
      for (let k = 0; k < K; k++) for (let n = 0; n < N; n++) expected[m * N + n] += x[m * K + k] * y[k * N + n];
    expect(await out.data()).toEqual(expected);
  });

  test.each(sizes)("%i × %i × %i: a transposed right side and a row alone give the same bits", async (M, K, N) => {
    const normal = (rng: Rng): number => rng.normal();
    const [x, y] = [values(1, M * K, normal), values(2, K * N, normal)];
    using a = tensor(backend, x, { shape: [M, K] });
    using b = tensor(backend, y, { shape: [K, N] });
    using stored = tensor(backend, turned(y, N), { shape: [N, K] });
    using view = transpose(stored);
    using row = tensor(backend, x.subarray((M - 1) * K), { shape: [1, K] });
    using out = matmul(a, b);
    using fromView = matmul(a, view);
    using alone = matmul(row, b);
    const all = await out.data();
    expect(await fromView.data()).toEqual(all);
    expect(await alone.data()).toEqual(all.subarray((M - 1) * N));
  });
});
