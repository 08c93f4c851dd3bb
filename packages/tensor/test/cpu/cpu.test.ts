import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  abs,
  add,
  arange,
  argmax,
  ArgumentError,
  cast,
  concat,
  copy,
  cos,
  createBackend,
  div,
  dtypeNames,
  dtypes,
  eq,
  erf,
  exp,
  full,
  gather,
  le,
  log,
  lt,
  matmul,
  max,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  rsqrt,
  scope,
  sin,
  sliceUpdate,
  sqrt,
  sub,
  sum,
  tanh,
  tensor,
  where,
  zeros,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { build, expectSame, property, shapes, views, type ViewSpec } from "./cpu-arbitraries.ts";

// The cpu backend computes in f64 with one rounding and sums in the same order as the reference, so every op is compared
// bit for bit. The one exception is erf, where cpu evaluates a table of Taylor polynomials: both are within 4e-16 of
// the true value, so the f32 results may differ by one unit in the last place.

let cpu: Backend;
let reference: Backend;
beforeAll(async () => {
  [cpu, reference] = await Promise.all([createBackend("cpu"), createBackend("reference")]);
});
afterAll(() => {
  expect(cpu.memory().handles).toBe(0);
});

/** Runs `op` on both backends on the same inputs and compares every bit; what it makes is freed. */
async function agree(specs: readonly ViewSpec[], op: (...inputs: Tensor[]) => Tensor): Promise<void> {
  const run = (backend: Backend): Tensor => scope(() => op(...specs.map((spec) => build(backend, spec))));
  using actual = run(cpu);
  using expected = run(reference);
  await expectSame(actual, expected);
}

const floats = ["f32", "f16", "bf16"] as const satisfies readonly DType[];
const ints = ["i32", "u32", "i8", "u8"] as const satisfies readonly DType[];
const anyDType = fc.constantFrom(...dtypeNames);
const anyFloat = fc.constantFrom(...floats);
const numeric = fc.constantFrom(...floats, ...ints);
const anyShape = shapes({ min: 0, max: 4 });

const view = (shape: fc.Arbitrary<readonly number[]>, dtype: fc.Arbitrary<DType>): fc.Arbitrary<ViewSpec> =>
  fc.tuple(shape, dtype).chain(([s, d]) => views(s, d));

const check = async <T>(arbitrary: fc.Arbitrary<T>, body: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, body), property);

describe("cpu against reference, bit for bit, on any layout", () => {
  test("fill and arange", () =>
    check(
      fc.tuple(anyShape, anyDType, fc.double({ min: -300, max: 300 }), fc.integer({ min: 0, max: 3000 })),
      async ([shape, dtype, value, n]) => {
        const on = (backend: Backend): Tensor[] => [
          full(backend, shape, value, dtype),
          arange(backend, -5, n / 2 - 5, 0.5, dtype),
        ];
        const [a, b] = [on(cpu), on(reference)];
        await expectSame(a[0], b[0]);
        await expectSame(a[1], b[1]);
        for (const t of a) t.dispose();
      },
    ));

  test("copy", () => check(view(anyShape, anyDType), (x) => agree([x], copy)));

  test("cast between any two dtypes", () =>
    check(fc.tuple(view(anyShape, anyDType), anyDType), ([x, to]) => agree([x], (t) => cast(t, to))));

  test.each(Object.entries({ neg, abs, exp, log, sqrt, rsqrt, sin, cos, tanh }))("%s", (name, op) =>
    check(view(anyShape, name === "neg" || name === "abs" ? numeric : anyFloat), (x) => agree([x], op)),
  );

  test("erf within one f32 step", () =>
    check(view(anyShape, fc.constant("f32")), async (spec) => {
      using actual = scope(() => erf(build(cpu, spec)));
      using expected = scope(() => erf(build(reference, spec)));
      const [a, b] = [await actual.data(), await expected.data()];
      for (let i = 0; i < a.length; i++) {
        if (Number.isNaN(b[i])) expect(a[i]).toBeNaN();
        else expect(Math.abs(a[i] - b[i])).toBeLessThanOrEqual(Math.abs(b[i]) * 2 ** -23);
      }
    }));

  test.each(Object.entries({ add, sub, mul, div, maximum, minimum, pow }))("%s", (name, op) =>
    check(
      fc
        .tuple(anyShape, name === "div" || name === "pow" ? anyFloat : numeric)
        .chain(([s, d]) => fc.tuple(views(s, d), views(s, d))),
      (pair) => agree(pair, op),
    ),
  );

  test.each(Object.entries({ eq, lt, le }))("%s", (_, op) =>
    check(
      fc.tuple(anyShape, anyDType).chain(([s, d]) => fc.tuple(views(s, d), views(s, d))),
      (pair) => agree(pair, op),
    ),
  );

  test("where", () =>
    check(
      fc.tuple(anyShape, anyDType).chain(([s, d]) => fc.tuple(views(s, "bool"), views(s, d), views(s, d))),
      (all) => agree(all, where),
    ));

  test("sum, max and argmax along any axis", () =>
    check(
      fc.tuple(view(shapes({ min: 1, max: 4 }), numeric), fc.nat(3)).filter(([x, axis]) => axis < x.shape.length),
      async ([x, axis]) => {
        await agree([x], (t) => sum(t, axis));
        if (x.shape[axis] === 0) return;
        await agree([x], (t) => max(t, axis));
        await agree([x], (t) => argmax(t, axis));
      },
    ));

  test("runs longer than lanes and block copies", async () => {
    const long = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1025, max: 2600 }), anyDType);
    const both = long.chain(([m, n, d]) => fc.tuple(views([m, n], d), views([m, n], d), views([m, n], "bool")));
    await fc.assert(
      fc.asyncProperty(both, async ([a, b, choice]) => {
        await agree([a], copy);
        await agree([a], (t) => cast(t, "bf16"));
        await agree([choice, a, b], where);
        if (a.dtype === "bool") return;
        await agree([a, b], add);
        for (const op of [sum, max, argmax]) await agree([a], (t) => op(t, 1));
      }),
      { ...property, numRuns: 25 },
    );
  });

  test("matmul, batched, of any float dtypes", () =>
    check(
      fc
        .tuple(shapes({ min: 0, max: 2 }), shapes({ min: 3, max: 3 }), anyFloat, anyFloat)
        .chain(([lead, [M, K, N], a, b]) => fc.tuple(views([...lead, M, K], a), views([...lead, K, N], b))),
      (pair) => agree(pair, matmul),
    ));

  test("gather, widening or not", () =>
    check(
      fc
        .tuple(shapes({ min: 0, max: 3 }), fc.integer({ min: 1, max: 6 }), anyDType, anyFloat)
        .chain(([rest, rows, d, to]) =>
          fc.tuple(views([rows, ...rest], d), fc.array(fc.nat(rows - 1), { maxLength: 7 }), fc.constant(to)),
        ),
      ([table, indices, to]) =>
        agree([table], (t) => {
          const dtype = dtypes[t.dtype].kind === "float" ? to : t.dtype;
          return gather(t, tensor(t.backend, indices, { dtype: "i32" }), { dtype });
        }),
    ));

  test("sliceUpdate into a strided region; concat", () =>
    check(view(shapes({ min: 1, max: 4 }), anyDType), async (x) => {
      await agree([x], (t) => {
        const target = zeros(
          t.backend,
          t.shape.map((n) => n + 3),
          t.dtype,
        );
        sliceUpdate(
          target,
          t,
          t.shape.map((_, axis) => axis % 3),
        );
        return target;
      });
      await agree([x], (t) => concat([t, t], t.rank - 1));
    }));
});

test("gather names the index that is out of range and writes nothing", () => {
  using table = zeros(cpu, [4, 2]);
  for (const bad of [-1, 4]) {
    using indices = tensor(cpu, [0, bad], { dtype: "i32" });
    expect(() => gather(table, indices)).toThrow(ArgumentError);
    expect(() => gather(table, indices)).toThrow(`index ${bad} at position 1 is outside [0, 4)`);
  }
});

test("a product larger than one packed block", async () => {
  const spec = (shape: number[]): ViewSpec => ({
    dtype: "f32",
    shape,
    order: [0, 1],
    around: [
      [0, 0],
      [0, 0],
    ],
    values: [0.25, -1.5, 3, 0.125, 7],
  });
  await agree([spec([9, 2 ** 17]), spec([2 ** 17, 5])], matmul);
});
