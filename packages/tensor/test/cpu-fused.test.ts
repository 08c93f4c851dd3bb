import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  activationNames,
  attention,
  configureDispatch,
  createBackend,
  expand,
  gatedActivation,
  layerNorm,
  linear,
  matmul,
  narrow,
  reshape,
  rmsNorm,
  rope,
  scope,
  softmax,
  tensor,
  transpose,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { build, expectSame, property, views, type ViewSpec } from "./cpu-arbitraries.ts";

// Compared bit for bit, as in cpu.test.ts; gelu alone is allowed one f32 step for its erf.

let cpu: Backend;
let reference: Backend;
beforeAll(async () => {
  [cpu, reference] = await Promise.all([createBackend("cpu"), createBackend("reference")]);
  // A fused op that fell back to its composition would test nothing here.
  configureDispatch(cpu, { strict: true });
});
afterAll(() => {
  expect(cpu.memory().handles).toBe(0);
});

const floats = fc.constantFrom<DType>("f32", "f16", "bf16");
const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const finite = { finite: true } as const;

const check = async <T>(arbitrary: fc.Arbitrary<T>, body: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, body), property);

async function agree(specs: readonly ViewSpec[], op: (...inputs: Tensor[]) => Tensor): Promise<void> {
  const run = (backend: Backend): Tensor => scope(() => op(...specs.map((spec) => build(backend, spec))));
  using actual = run(cpu);
  using expected = run(reference);
  await expectSame(actual, expected);
}

describe("cpu against reference, bit for bit, on any layout", () => {
  test("softmax", () =>
    check(
      fc.tuple(size(0, 3), size(1, 4), size(1, 70)).chain((shape) => views(shape, "f32")),
      (x) => agree([x], (t) => softmax(t)),
    ));

  test("rmsNorm in every weight mode, weights of any float dtype", () =>
    check(
      fc
        .tuple(size(1, 3), size(1, 3), size(1, 40), floats)
        .chain(([B, T, C, w]) =>
          fc.tuple(
            views([B, T, C], "f32", finite),
            views([C], w, finite),
            fc.constantFrom("f32-mul", "cast-then-mul", "one-plus"),
          ),
        ),
      ([x, w, weightMode]) => agree([x, w], (a, b) => rmsNorm(a, b, { eps: 1e-8, weightMode })),
    ));

  test("layerNorm with and without bias", () =>
    check(
      fc
        .tuple(size(1, 3), size(1, 40), floats, floats)
        .chain(([T, C, w, b]) =>
          fc.tuple(views([T, C], "f32", finite), views([C], w, finite), views([C], b, finite), fc.boolean()),
        ),
      ([x, w, b, biased]) =>
        agree([x, w, b], (t, weight, bias) => layerNorm(t, weight, biased ? bias : undefined, { eps: 1e-5 })),
    ));

  test("rope in both pairings, partial and per row", () =>
    check(
      fc
        .tuple(size(1, 3), size(1, 3), size(1, 4), size(0, 6), size(0, 5), fc.boolean())
        .chain(([B, H, T, half, rest, shared]) =>
          fc.tuple(
            views([B, H, T, 2 * half + rest], "f32", finite),
            views([shared ? 1 : B, T, half], "f32", finite),
            views([shared ? 1 : B, T, half], "f32", finite),
            fc.constantFrom("half", "interleaved"),
          ),
        ),
      ([x, cos, sin, pairing]) => agree([x, cos, sin], (t, c, s) => rope(t, c, s, { pairing })),
    ));

  test.each(activationNames.filter((name) => name !== "gelu"))("gatedActivation %s", (activation) =>
    check(
      fc.tuple(size(0, 3), size(1, 40)).chain((shape) => fc.tuple(views(shape, "f32"), views(shape, "f32"))),
      (pair) => agree(pair, (gate, up) => gatedActivation(gate, up, { activation })),
    ),
  );

  test("gatedActivation gelu within one f32 step", () =>
    check(
      size(1, 200).chain((n) => fc.tuple(views([n], "f32", finite), views([n], "f32", finite))),
      async ([gate, up]) => {
        const run = (backend: Backend): Tensor =>
          scope(() => gatedActivation(build(backend, gate), build(backend, up), { activation: "gelu" }));
        using actual = run(cpu);
        using expected = run(reference);
        const [a, b] = [await actual.data(), await expected.data()];
        // Where 1 + erf cancels both are rounding noise of f64.
        a.forEach((value, i) => expect(Math.abs(value - b[i])).toBeLessThanOrEqual(Math.abs(b[i]) * 2 ** -23 + 1e-14));
      },
    ));

  test("linear: any M, weights of any float dtype, with and without bias", () =>
    check(
      fc
        .tuple(size(0, 10), size(0, 30), size(0, 15), floats, floats)
        .chain(([M, K, N, w, b]) =>
          fc.tuple(views([M, K], "f32", finite), views([N, K], w, finite), views([N], b, finite), fc.boolean()),
        ),
      ([x, w, b, biased]) => agree([x, w, b], (t, weight, bias) => linear(t, weight, biased ? bias : undefined)),
    ));
});

interface AttentionCase {
  readonly q: ViewSpec;
  readonly keys: ViewSpec;
  readonly values: ViewSpec;
  readonly mask: ViewSpec | null;
  readonly tables: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  readonly scale: number;
  readonly causal: boolean;
  readonly window: number | null;
  readonly softcap: number | null;
}

const attentionCases: fc.Arbitrary<AttentionCase> = fc
  .record({
    B: size(1, 3),
    K: size(1, 2),
    group: size(1, 3),
    T: size(1, 6),
    D: size(1, 9),
    Dv: size(1, 9),
    P: fc.constantFrom(1, 3, 4, 8, 70),
    pages: size(1, 3),
    extra: fc.array(size(0, 12), { minLength: 3, maxLength: 3 }),
    dtypes: fc.tuple(floats, floats),
    maskKind: fc.constantFrom<DType | "none">("none", "bool", "f32", "bf16"),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9, maxLength: 9 }),
    causal: fc.boolean(),
    window: fc.option(size(1, 5)),
    softcap: fc.option(fc.constantFrom(2, 30)),
  })
  .filter(({ T, P, pages }) => T <= P * pages)
  .chain(({ B, K, group, T, D, Dv, P, pages, extra, dtypes, maskKind, order, ...rest }) => {
    const lengths = extra.slice(0, B).map((n) => Math.min(T + n, P * pages));
    const S = Math.max(...lengths);
    return fc.record({
      q: views([B, K * group, T, D], "f32", finite),
      keys: views([9, K, P, D], dtypes[0], finite),
      values: views([9, K, P, Dv], dtypes[1], finite),
      mask: maskKind === "none" ? fc.constant(null) : views([B, K * group, T, S], maskKind),
      tables: fc.constant(Array.from({ length: B }, (_, b) => order.slice(b * pages, b * pages + pages))),
      lengths: fc.constant(lengths),
      scale: fc.constant(D ** -0.5),
      causal: fc.constant(rest.causal),
      window: fc.constant(rest.window),
      softcap: fc.constant(rest.softcap),
    });
  });

function attend(backend: Backend, c: AttentionCase): Tensor {
  return scope(() =>
    attention(build(backend, c.q), build(backend, c.keys), build(backend, c.values), {
      ...c,
      tables: tensor(backend, c.tables, { dtype: "i32" }),
      mask: c.mask ? build(backend, c.mask) : undefined,
    }),
  );
}

test("attention over pages: masks, windows, softcaps, groups, pools of any float dtype", () =>
  check(attentionCases, async (c) => {
    using actual = attend(cpu, c);
    using expected = attend(reference, c);
    await expectSame(actual, expected);
  }));

test("a query that sees no key gives 0, and hidden keys may hold NaN", async () => {
  using out = scope(() => {
    const q = tensor(cpu, new Float32Array(8).fill(1), { shape: [1, 1, 4, 2] });
    const kv = tensor(cpu, [1, 2, 3, 4, NaN, NaN, 7, 8], { shape: [1, 1, 4, 2] });
    const mask = tensor(cpu, [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0], { shape: [1, 1, 4, 4], dtype: "bool" });
    return attention(q, kv, kv, { scale: 1, causal: false, mask });
  });
  expect([...(await out.data()).subarray(0, 4)]).toEqual([0, 0, 1, 2]);
  expect((await out.data()).every(Number.isFinite)).toBe(true);
});

describe("a row does not depend on its neighbours", () => {
  const deterministic = (shape: readonly number[], dtype: DType, salt: number): ViewSpec => ({
    dtype,
    shape,
    order: shape.map((_, axis) => axis),
    around: shape.map(() => [0, 0] as const),
    values: Array.from({ length: 97 }, (_, i) => Math.sin(salt + i * i)),
  });

  const rowsOf = (x: Tensor, axis: number, start: number, n: number): Tensor => narrow(x, axis, start, n);

  test.each(["f32", "bf16", "f16"] as const)(
    "linear and matmul, %s weights, for every number of rows",
    async (dtype) => {
      const M = 11;
      using x = build(cpu, deterministic([M, 301], "f32", 1));
      using w = build(cpu, deterministic([23, 301], dtype, 2));
      using bias = build(cpu, deterministic([23], "f32", 3));
      using all = linear(x, w, bias);
      using columns = transpose(w);
      using product = matmul(x, columns);
      for (let n = 1; n <= M; n++) {
        for (const start of [0, M - n]) {
          using part = scope(() => linear(rowsOf(x, 0, start, n), w, bias));
          using expected = rowsOf(all, 0, start, n);
          await expectSame(part, expected);
          using partial = scope(() => matmul(rowsOf(x, 0, start, n), columns));
          using expectedProduct = rowsOf(product, 0, start, n);
          await expectSame(partial, expectedProduct);
        }
      }
    },
  );

  test("linear over a batch equals its rows", async () => {
    using x = build(cpu, deterministic([3, 5, 33], "f32", 1));
    using w = build(cpu, deterministic([7, 33], "bf16", 2));
    using all = linear(x, w);
    for (let b = 0; b < 3; b++) {
      for (let t = 0; t < 5; t++) {
        const one = (y: Tensor): Tensor => narrow(narrow(y, 0, b, 1), 1, t, 1);
        using part = scope(() => linear(one(x), w));
        using expected = scope(() => one(all));
        await expectSame(part, expected);
      }
    }
  });

  test("rmsNorm and softmax", async () => {
    using x = build(cpu, deterministic([9, 130], "f32", 4));
    using w = build(cpu, deterministic([130], "f32", 5));
    for (const op of [(t: Tensor) => rmsNorm(t, w, { eps: 1e-8 }), (t: Tensor) => softmax(t)]) {
      using all = op(x);
      for (let m = 0; m < 9; m++) {
        using part = scope(() => op(narrow(x, 0, m, 1)));
        using expected = narrow(all, 0, m, 1);
        await expectSame(part, expected);
      }
    }
  });

  test.each(["f32", "bf16"] as const)(
    "attention, %s pools: prefill in any chunks, alone or in a batch",
    async (dtype) => {
      const [B, H, T, D] = [2, 4, 9, 16] as const;
      using q = build(cpu, deterministic([B, H, T, D], "f32", 6));
      using keys = build(cpu, deterministic([B, 2, T, D], dtype, 7));
      using values = build(cpu, deterministic([B, 2, T, D], dtype, 8));
      using all = attention(q, keys, values, { scale: 0.25 });
      for (let b = 0; b < B; b++) {
        for (let start = 0; start < T; start++) {
          for (const n of [1, 2, 5]) {
            if (start + n > T) continue;
            const chunk = (x: Tensor): Tensor => narrow(narrow(x, 0, b, 1), 2, start, n);
            const row = (x: Tensor): Tensor => narrow(x, 0, b, 1);
            using part = scope(() =>
              attention(chunk(q), row(keys), row(values), { scale: 0.25, lengths: [start + n] }),
            );
            using expected = scope(() => chunk(all));
            await expectSame(part, expected);
          }
        }
      }
    },
  );

  test("attention over more scores than one block holds", async () => {
    // 2 query heads of 3 queries share 200,000 keys: 2^19 scores hold two rows.
    const S = 200_000;
    using q = build(cpu, deterministic([1, 2, 3, 2], "f32", 9));
    using kv = scope(() => expand(build(cpu, deterministic([1, 1, 1, 2], "f32", 10)), [1, 1, S, 2]));
    using out = attention(q, kv, kv, { scale: 1 });
    // All values are equal, so their mean is the value, whatever the weights.
    using first = scope(() => reshape(narrow(kv, 2, 0, 1), [2]));
    const value = await first.data();
    (await out.data()).forEach((x, i) => expect(x).toBeCloseTo(value[i % 2], 6));
  });
});
