import fc from "fast-check";
import {
  expand,
  fromStored,
  narrow,
  permute,
  scope,
  dtypes,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";

/** Fixed, so that a failure is the same for everyone; a counterexample is printed with its path. */
export const property = { seed: 20250603, numRuns: 150 } as const;

/** A tensor of given shape whose elements lie in its storage in some odd way. */
export interface ViewSpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Order of the axes in storage. */
  readonly order: readonly number[];
  /** Per axis: elements before and after the view, or "repeat" for stride 0. */
  readonly around: readonly (readonly [number, number] | "repeat")[];
  readonly values: readonly number[];
}

/** Lengths around the unrolling of the kernels (4, 6) and the lane boundary of block copies. */
export const lengths: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 12, 13, 31, 33) },
);

export const shapes = (rank: { min: number; max: number }): fc.Arbitrary<number[]> =>
  fc
    .array(lengths, { minLength: rank.min, maxLength: rank.max })
    .filter((shape) => shape.reduce((a, n) => a * n, 1) <= 4000);

const specials = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, -1e-40, 3.4028234663852886e38, 65504, 1e-8, 0.1];

const valuesOf: Record<"float" | "finite" | "int" | "bool", fc.Arbitrary<number>> = {
  float: fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: -8, max: 8, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(...specials) },
  ),
  finite: fc.double({ min: -4, max: 4, noNaN: true }),
  int: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer()),
  bool: fc.constantFrom(0, 1),
};

export interface ViewOptions {
  /** Leave out NaN, infinities and extremes. */
  readonly finite?: boolean;
  /** No stride 0. */
  readonly distinct?: boolean;
}

export function views(
  shape: readonly number[],
  dtype: DType,
  { finite, distinct }: ViewOptions = {},
): fc.Arbitrary<ViewSpec> {
  const kind = dtypes[dtype].kind;
  const axes = shape.map((_, axis) => axis);
  const around = fc.oneof(
    { weight: 3, arbitrary: fc.constant([0, 0] as const) },
    { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })) },
    ...(distinct ? [] : [{ weight: 1, arbitrary: fc.constant("repeat" as const) }]),
  );
  return fc.record({
    dtype: fc.constant(dtype),
    shape: fc.constant(shape),
    order: fc.oneof(fc.constant(axes), fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length })),
    around: fc.tuple(...axes.map(() => around)),
    values: fc.array(valuesOf[kind === "float" && finite ? "finite" : kind], { minLength: 1, maxLength: 97 }),
  });
}

/** Builds the tensor on a backend: a padded, permuted storage, narrowed, put in order and expanded. */
export function build(backend: Backend, spec: ViewSpec): Tensor {
  const { dtype, shape, order, around, values } = spec;
  const stored = order.map((axis) => {
    const pad = around[axis];
    return pad === "repeat" ? 1 : shape[axis] + pad[0] + pad[1];
  });
  const size = stored.reduce((a, n) => a * n, 1);
  const { encode, bytes, view } = dtypes[dtype];
  const array = view(new ArrayBuffer(size * bytes), 0, size);
  // A prime-length cycle of the drawn values: no two rows alike, and no thousand draws per tensor.
  for (let i = 0; i < size; i++)
    array[i] = encode(values[i % values.length] + (dtypes[dtype].kind === "float" ? (i % 89) / 64 : 0));
  return scope(() => {
    let x = fromStored(backend, array, stored, dtype);
    order.forEach((axis, at) => {
      const pad = around[axis];
      if (pad !== "repeat") x = narrow(x, at, pad[0], shape[axis]);
    });
    return expand(
      permute(
        x,
        shape.map((_, axis) => order.indexOf(axis)),
      ),
      shape,
    );
  });
}

/** Elements as numbers, NaN equal to NaN and −0 apart from 0, with the place of the first difference. */
export async function expectSame(actual: Tensor, expected: Tensor): Promise<void> {
  const [a, b] = [await actual.data(), await expected.data()];
  if (actual.dtype !== expected.dtype || String(actual.shape) !== String(expected.shape))
    throw new Error(`${actual.toString()} beside ${expected.toString()}`);
  for (let i = 0; i < b.length; i++) {
    if (!Object.is(a[i], b[i]))
      throw new Error(`element ${i} of ${b.length} is ${a[i]}, expected ${b[i]} (${actual.toString()})`);
  }
}
