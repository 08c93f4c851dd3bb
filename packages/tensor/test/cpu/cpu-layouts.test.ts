import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  concat,
  createBackend,
  expand,
  isContiguous,
  le,
  linear,
  matmul,
  mul,
  narrow,
  permute,
  reshape,
  scope,
  sum,
  tensor,
  transpose,
  unsqueeze,
  where,
  type Backend,
  type Tensor,
} from "@helium-lm/tensor";
import { property, shapes } from "./cpu-arbitraries.ts";

// Views and broadcasting against formulas on plain arrays: nothing here asks the other backend or layout.ts.

const backends: Record<string, Backend> = {};
beforeAll(async () => {
  for (const name of ["reference", "cpu"]) backends[name] = await createBackend(name);
});

/** Every index of a shape in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

/** A number that tells where in its array an element stood. */
const mark = (index: readonly number[]): number => index.reduce((code, i) => code * 40 + i + 1, 0);

/** Array of marks. */
const marked = (backend: Backend, shape: readonly number[]): Tensor =>
  tensor(backend, indices(shape).map(mark), { shape, dtype: "f32" });

const small = (min: number, max: number): fc.Arbitrary<number[]> =>
  shapes({ min, max }).filter((shape) => shape.every((n) => n < 40) && shape.reduce((a, n) => a * n, 1) < 700);

describe.each(["reference", "cpu"])("on %s", (name) => {
  const holds = async <T>(
    arbitrary: fc.Arbitrary<T>,
    body: (value: T, backend: Backend) => { readonly actual: Tensor; readonly expected: readonly number[] },
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(arbitrary, async (value) => {
        const { actual, expected } = scope(() => body(value, backends[name]));
        expect([...(await actual.data())]).toEqual(expected);
        actual.dispose();
        expect(backends[name].memory().handles).toBe(0);
      }),
      property,
    );

  test("permute, narrow and transpose move indices", () =>
    holds(
      small(2, 3).chain((shape) => {
        const axes = shape.map((_, axis) => axis);
        return fc.tuple(
          fc.constant(shape),
          fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length }),
          fc.nat(shape.length - 1),
          fc.nat(9),
          fc.nat(9),
        );
      }),
      ([shape, order, axis, before, after], backend) => {
        const start = Math.min(before, shape[axis]);
        const length = Math.max(0, shape[axis] - start - after);
        const actual = transpose(permute(narrow(marked(backend, shape), axis, start, length), order));
        const last = order.length - 1;
        const from = order.map((_, k) => order[k === last ? last - 1 : k === last - 1 ? last : k]);
        const cut = shape.map((n, k) => (k === axis ? length : n));
        const expected = indices(from.map((k) => cut[k])).map((index) => {
          const source = shape.map((_, k) => index[from.indexOf(k)] + (k === axis ? start : 0));
          return mark(source);
        });
        return { actual, expected };
      },
    ));

  test("reshape keeps the row-major order, whatever the strides", () =>
    holds(small(2, 2), ([m, n], backend) => {
      const columns = transpose(marked(backend, [m, n])); // [n, m]
      const actual = reshape(reshape(columns, [1, n * m, 1]), [m * n]);
      return { actual, expected: indices([n, m]).map(([j, i]) => mark([i, j])) };
    }));

  test("add and where broadcast axes of length 1 and missing ones", () =>
    holds(
      small(1, 3).chain((shape) =>
        fc.tuple(
          fc.constant(shape),
          fc.tuple(...shape.map(() => fc.boolean())),
          fc.tuple(...shape.map(() => fc.boolean())),
          fc.nat(shape.length - 1),
        ),
      ),
      ([shape, onesA, onesB, drop], backend) => {
        // An axis of length 1 in both would not be `shape`.
        const a = shape.map((n, k) => (onesA[k] && !onesB[k] && k >= drop ? 1 : n));
        const b = shape.map((n, k) => (onesB[k] ? 1 : n)).slice(drop);
        const at = (own: readonly number[], index: readonly number[]): number[] =>
          own.map((n, k) => (n === 1 ? 0 : index[k + index.length - own.length]));
        const [x, y] = [marked(backend, a), marked(backend, b)];
        const actual = where(le(x, y), add(x, y), mul(x, -1));
        const expected = indices(shape).map((index) => {
          const [p, q] = [mark(at(a, index)), mark(at(b, index))];
          return p <= q ? p + q : -p;
        });
        return { actual, expected };
      },
    ));

  test("expand repeats, concat joins, sum folds", () =>
    holds(small(2, 2), ([m, n], backend) => {
      const column = expand(unsqueeze(marked(backend, [m]), 1), [m, n]);
      const actual = sum(concat([column, column], 1), 1);
      return { actual, expected: Array.from({ length: m }, (_, i) => 2 * n * mark([i])) };
    }));

  // Integers below 2^24 in f32: any order of summation is exact.
  test("matmul and linear of integers", () =>
    holds(shapes({ min: 3, max: 3 }), ([M, K, N], backend) => {
      const left = (m: number, k: number): number => ((m * 7 + k * 3) % 11) - 5;
      const right = (n: number, k: number): number => ((n * 5 + k) % 13) - 6;
      const x = tensor(
        backend,
        indices([M, K]).map(([m, k]) => left(m, k)),
        { shape: [M, K] },
      );
      const w = tensor(
        backend,
        indices([N, K]).map(([n, k]) => right(n, k)),
        { shape: [N, K] },
      );
      const expected = indices([M, N]).map(([m, n]) =>
        indices([K]).reduce((total, [k]) => total + left(m, k) * right(n, k), 0),
      );
      const product = matmul(x, transpose(w));
      const actual = concat([product, linear(x, w)], 0);
      return { actual, expected: [...expected, ...expected] };
    }));

  test("linear layouts say so", () => {
    using x = marked(backends[name], [3, 4]);
    using t = transpose(x);
    expect([isContiguous(x.layout), isContiguous(t.layout)]).toEqual([true, false]);
  });
});
