import { afterAll, beforeAll, expect, test } from "vitest";
import {
  attention,
  createBackend,
  expand,
  layerNorm,
  linear,
  matmul,
  narrow,
  reshape,
  rmsNorm,
  scope,
  softmax,
  tensor,
  transpose,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { expectSame } from "./cpu-arbitraries.ts";

// A row's result does not depend on its neighbours: bit-equal for any number of rows, batch mates and prefill chunks.
//
// Sums are kept in f64 and rounded to f32, which hides their order unless almost everything cancels. So the rows here
// are numbers of many magnitudes followed by their negatives: what is left is the rounding error of the sum itself, and
// any other order gives another result.

let cpu: Backend;
let reference: Backend;
beforeAll(async () => {
  [cpu, reference] = await Promise.all([createBackend("cpu"), createBackend("reference")]);
});
afterAll(() => {
  expect(cpu.memory().handles).toBe(0);
});

/** Numbers of 24 significant bits and 25 magnitudes. */
const noise = (i: number, salt: number): number => Math.sin(salt + i * i) * 2 ** (((i * 7 + salt) % 25) - 12);

/** Rows whose second half is the first half times `sign`. */
function halves(n: number, C: number, sign: 1 | -1, salt: number): number[] {
  const half = C / 2;
  return Array.from({ length: n * C }, (_, i) => {
    const [row, c] = [Math.floor(i / C), i % C];
    return c < half ? noise(row * half + c, salt) : sign * noise(row * half + c - half, salt);
  });
}

const make = (backend: Backend, values: readonly number[], shape: readonly number[], dtype: DType = "f32"): Tensor =>
  tensor(backend, values, { shape, dtype });

/** Checks that `all` narrowed to one row along axis 0 is what `op` makes of that row, or run of rows, alone. */
async function expectRows(x: Tensor, op: (rows: Tensor) => Tensor): Promise<void> {
  const M = x.shape[0];
  using all = op(x);
  for (let n = 1; n <= M; n++) {
    for (const start of [0, M - n]) {
      using part = scope(() => op(narrow(x, 0, start, n)));
      using expected = narrow(all, 0, start, n);
      await expectSame(part, expected);
    }
  }
}

test("the data tells orders of summation apart", () => {
  const [x, w] = [halves(1, 300, -1, 1), halves(1, 300, 1, 2)];
  const products = Float32Array.from(x);
  const weights = Float32Array.from(w);
  let [up, down, even, odd] = [0, 0, 0, 0];
  for (let k = 0; k < 300; k++) {
    up += products[k] * weights[k];
    down += products[299 - k] * weights[299 - k];
    if (k % 2 === 0) even += products[k] * weights[k];
    else odd += products[k] * weights[k];
  }
  expect(new Set([up, down, even + odd].map(Math.fround)).size).toBe(3);
});

test.each(["f32", "bf16", "f16"] as const)("linear and matmul, %s weights, for any number of rows", async (dtype) => {
  const [M, N, K] = [11, 23, 300];
  const on = (backend: Backend): Tensor[] => [
    make(backend, halves(M, K, -1, 1), [M, K]),
    make(backend, halves(N, K, 1, 2), [N, K], dtype),
    make(
      backend,
      halves(1, N + 1, 1, 3)
        .slice(0, N)
        .map((b) => b * 1e-9),
      [N],
    ),
  ];
  const [x, w, bias] = on(cpu);
  const columns = transpose(w);
  await expectRows(x, (rows) => linear(rows, w, bias));
  await expectRows(x, (rows) => matmul(rows, columns));
  // One order on every path: the tile, the matvec, the product and the reference say the same.
  const others = on(reference);
  for (const op of [
    (a: Tensor, b: Tensor, c: Tensor) => linear(a, b, c),
    (a: Tensor, b: Tensor) => matmul(a, transpose(b)),
  ]) {
    using actual = scope(() => op(x, w, bias));
    using expected = scope(() => op(others[0], others[1], others[2]));
    await expectSame(actual, expected);
  }
  for (const t of [x, w, bias, columns, ...others]) t.dispose();
});

test("a batch equals its rows", async () => {
  using x = make(cpu, halves(15, 32, -1, 1), [3, 5, 32]);
  using w = make(cpu, halves(7, 32, 1, 2), [7, 32], "bf16");
  using all = linear(x, w);
  const one = (y: Tensor, b: number, t: number): Tensor => narrow(narrow(y, 0, b, 1), 1, t, 1);
  for (let b = 0; b < 3; b++) {
    for (let t = 0; t < 5; t++) {
      using part = scope(() => linear(one(x, b, t), w));
      using expected = scope(() => one(all, b, t));
      await expectSame(part, expected);
    }
  }
});

test("norms and softmax", async () => {
  using x = make(cpu, halves(9, 130, -1, 4), [9, 130]);
  using w = make(cpu, halves(1, 130, 1, 5), [130]);
  await expectRows(x, (rows) => rmsNorm(rows, w, { eps: 1e-8 }));
  await expectRows(x, (rows) => layerNorm(rows, w, w, { eps: 1e-5 }));
  await expectRows(x, (rows) => softmax(rows));
});

test.each(["f32", "bf16"] as const)(
  "attention, %s pools: prefill in any chunks, alone or in a batch",
  async (dtype) => {
    const [B, H, T, D] = [2, 4, 13, 16] as const;
    // Scores are rounding noise, blown up by the scale; values cancel every four slots.
    using q = make(cpu, halves(B * H * T, D, -1, 6), [B, H, T, D]);
    using keys = make(cpu, halves(B * 2 * T, D, 1, 7), [B, 2, T, D], dtype);
    const slots = Array.from({ length: B * 2 * T * D }, (_, i) => {
      const [slot, d] = [Math.floor(i / D) % T, i % D];
      return (slot % 4 < 2 ? 1 : -1) * noise((slot % 2) * 31 + d, 8);
    });
    using values = make(cpu, slots, [B, 2, T, D], dtype);
    for (const scale of [0, 2 ** 30]) {
      using all = attention(q, keys, values, { scale });
      for (let b = 0; b < B; b++) {
        for (let start = 0; start < T; start++) {
          for (const n of [1, 2, 4, 5, 7]) {
            if (start + n > T) continue;
            const row = (x: Tensor): Tensor => narrow(x, 0, b, 1);
            const chunk = (x: Tensor): Tensor => narrow(row(x), 2, start, n);
            const lengths = [start + n];
            using part = scope(() => attention(chunk(q), row(keys), row(values), { scale, lengths }));
            using expected = scope(() => chunk(all));
            await expectSame(part, expected);
          }
        }
      }
      using there = scope(() => {
        const copyOf = (values: readonly number[], like: Tensor): Tensor =>
          make(reference, values, like.shape, like.dtype);
        return attention(
          copyOf(halves(B * H * T, D, -1, 6), q),
          copyOf(halves(B * 2 * T, D, 1, 7), keys),
          copyOf(slots, values),
          { scale },
        );
      });
      await expectSame(all, there);
    }
  },
);

test("attention over more scores than one block holds", async () => {
  // 2 query heads of 3 queries share 200,000 keys: 2^19 scores hold two rows.
  const S = 200_000;
  using q = make(cpu, halves(6, 2, -1, 9), [1, 2, 3, 2]);
  using value = make(cpu, [0.3, -0.7], [1, 1, 1, 2]);
  using kv = expand(value, [1, 1, S, 2]);
  using out = attention(q, kv, kv, { scale: 1 });
  // All values are equal, so their mean is the value, whatever the weights.
  using flat = reshape(out, [12]);
  (await flat.data()).forEach((x, i) => expect(x).toBeCloseTo(i % 2 === 0 ? 0.3 : -0.7, 6));
});
