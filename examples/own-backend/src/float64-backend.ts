import { ArgumentError, BackendError, dtypes, isFloat } from "@helium-lm/tensor";
import type { Backend, BinaryOp, CompareOp, CoreKernels, DType, Operand, UnaryOp } from "@helium-lm/tensor";
import { arrayOf, HostBackend, takingEveryDType } from "@helium-lm/tensor/backends/host";

type Index = readonly number[];

/** Position of an element: offset + Σ index·stride. */
const position = ({ layout: { strides, offset } }: Operand, index: Index): number =>
  strides.reduce((at, stride, axis) => at + (index[axis] ?? 0) * stride, offset);

const get = (x: Operand, index: Index): number => dtypes[x.dtype].decode(arrayOf(x.handle)[position(x, index)] ?? NaN);

/** Calls `fn` with every index of a shape. */
function each(shape: Index, fn: (index: Index) => void, index: Index = []): void {
  const length = shape[index.length];
  if (length === undefined) return fn(index);
  for (let i = 0; i < length; i++) each(shape, fn, [...index, i]);
}

/** Fills `out` by a formula, rounded or wrapped as its dtype stores numbers. */
function fillBy(out: Operand, formula: (index: Index) => number): void {
  const array = arrayOf(out.handle);
  each(out.layout.shape, (index) => {
    array[position(out, index)] = dtypes[out.dtype].encode(formula(index));
  });
}

const unary = (op: UnaryOp): ((x: number) => number) => {
  if (op === "erf") throw new BackendError("float64", "has no erf; the suite skips what needs it");
  return op === "neg" ? (x) => -x : op === "rsqrt" ? (x) => 1 / Math.sqrt(x) : (x) => Math[op](x);
};

const binary: Record<BinaryOp, (a: number, b: number) => number> = {
  ...{ max: Math.max, min: Math.min, add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b },
  div: (a, b) => a / b,
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
};

const compare = (op: CompareOp, a: number, b: number): boolean =>
  op === "eq" ? a === b : op === "lt" ? a < b : a <= b;

/** Lowest and highest integers, where a cast from a float saturates. */
const ends: Partial<Record<DType, readonly [number, number]>> = {
  ...{ i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1], i8: [-128, 127], u8: [0, 255] },
};

/** Float → integer: toward zero, NaN → 0, saturating. */
const toInteger = (x: number, [low, high]: readonly [number, number]): number =>
  Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high));

const range = (n: number | undefined): number[] => Array.from({ length: n ?? 0 }, (_, i) => i);
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
/** First maximum; NaN counts as the largest. */
const firstMax = (values: readonly number[]): number => {
  const nan = values.findIndex(Number.isNaN);
  return nan >= 0 ? nan : values.indexOf(Math.max(...values));
};

const kernels: CoreKernels = {
  fill: (out, _, { value }) => fillBy(out, () => value),
  arange: (out, _, { start, step }) => fillBy(out, ([i]) => start + (i ?? 0) * step),
  copy: (out, { x }) => fillBy(out, (index) => get(x, index)),
  sliceUpdate: (out, { source }) => fillBy(out, (index) => get(source, index)),
  cast(out, { x }) {
    const limits = isFloat(x.dtype) ? ends[out.dtype] : undefined;
    fillBy(out, (index) => (limits ? toInteger(get(x, index), limits) : get(x, index)));
  },
  unary: (out, { x }, { op }) => fillBy(out, (index) => unary(op)(get(x, index))),
  binary(out, { a, b }, { op }) {
    const fn = op === "mul" && !isFloat(out.dtype) ? Math.imul : binary[op];
    fillBy(out, (index) => fn(get(a, index), get(b, index)));
  },
  compare: (out, { a, b }, { op }) => fillBy(out, (index) => Number(compare(op, get(a, index), get(b, index)))),
  where: (out, { condition, a, b }) => fillBy(out, (index) => get(get(condition, index) ? a : b, index)),
  reduce(out, { x }, { op }) {
    fillBy(out, (index) => {
      const row = range(x.layout.shape.at(-1)).map((i) => get(x, [...index, i]));
      return op === "sum" ? total(row) : op === "argmax" ? firstMax(row) : (row[firstMax(row)] ?? NaN);
    });
  },
  matmul(out, { a, b }) {
    const inner = range(a.layout.shape.at(-1));
    fillBy(out, (index) => {
      const [batch, [m = 0, n = 0]] = [index.slice(0, -2), index.slice(-2)];
      return total(inner.map((k) => get(a, [...batch, m, k]) * get(b, [...batch, k, n])));
    });
  },
  gather(out, { table, indices }) {
    const rows = table.layout.shape[0] ?? 0;
    each(indices.layout.shape, (n) => {
      const index = get(indices, n);
      if (index < 0 || index >= rows) throw new ArgumentError("gather", `index ${index} is outside [0, ${rows})`);
    });
    fillBy(out, ([n = 0, ...rest]) => get(table, [get(indices, [n]), ...rest]));
  },
};

/** Storages are typed arrays, every kernel is one loop over indices, in doubles: slow and exact. */
export const createFloat64Backend = (): Backend => new HostBackend("float64", takingEveryDType(kernels));
