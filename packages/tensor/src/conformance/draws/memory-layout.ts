import type { Backend } from "../../contract/backend.ts";
import { dtypes, isFloat, type DType } from "../../dtypes/dtype.ts";
import { contiguousStrides, type Layout } from "../../layout.ts";
import { expand, narrow, permute, squeeze } from "../../ops/view.ts";
import { Rng } from "../../rng.ts";
import { scope } from "../../scope.ts";
import { fromStored, type Tensor } from "../../tensor.ts";
import { countOf, type TensorValues } from "../tensor-values.ts";

/** Ways a tensor can lie in memory; `mixed` combines all of them. */
export const layoutKinds = ["contiguous", "transposed", "narrowed", "stepped", "repeated", "mixed"] as const;
export type LayoutKind = (typeof layoutKinds)[number];

/** A kind with a seed, which settles the permutation, the paddings, the step and the repeated axes. */
export interface LayoutDraw {
  readonly kind: LayoutKind;
  readonly seed: number;
}

interface Recipe {
  /** Axes in the order in which they lie in memory, outermost first. */
  readonly order: readonly number[];
  /** Foreign elements before and after each axis. */
  readonly pads: readonly (readonly [before: number, after: number])[];
  /** Distance of neighbours on the innermost stored axis. */
  readonly step: number;
  /** Axes stored once and repeated with stride 0. */
  readonly repeated: readonly number[];
}

const below = (rng: Rng, n: number): number => Math.floor(rng.uniform() * n);

function recipeFor(shape: readonly number[], { kind, seed }: LayoutDraw): Recipe {
  const rng = new Rng(seed);
  const has = (one: LayoutKind): boolean => kind === one || kind === "mixed";
  const order = shape.map((_, axis) => axis);
  if (has("transposed")) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(rng, i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    // A draw that moved nothing would test nothing.
    if (kind === "transposed" && order.every((axis, i) => axis === i)) order.reverse();
  }
  const pads = shape.map((): [number, number] => (has("narrowed") ? [below(rng, 3), below(rng, 3)] : [0, 0]));
  const step = has("stepped") ? 2 + below(rng, 2) : 1;
  const repeated = has("repeated") ? order.filter((axis) => shape[axis] > 0 && rng.uniform() < 0.4) : [];
  return { order, pads, step, repeated };
}

/** Axes along which a tensor of this layout holds one entry, repeated. */
export function repeatedAxes(shape: readonly number[], layout: LayoutDraw): readonly number[] {
  return recipeFor(shape, layout).repeated;
}

/** Value of the elements around a view: reading one shows in the result. */
function poison(dtype: DType): number {
  return isFloat(dtype) ? NaN : dtype === "bool" ? 1 : 0x55555555;
}

/** Shape of the storage that a recipe needs: the axes as they lie in memory, then the step. */
function storedShapeOf(shape: readonly number[], { order, pads, step, repeated }: Recipe): number[] {
  const lengthOf = (axis: number): number =>
    (repeated.includes(axis) ? 1 : shape[axis]) + pads[axis][0] + pads[axis][1];
  return [...order.map(lengthOf), step];
}

/** Calls `visit` with every position in row-major order and its place in a storage. */
function eachPlace(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  visit: (flat: number, place: number) => void,
): void {
  const count = countOf(shape);
  const index = shape.map(() => 0);
  let place = offset;
  for (let flat = 0; flat < count; flat++) {
    visit(flat, place);
    // One step on the innermost axis; an axis at its end goes back to its start, and the next one outside steps.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis];
      if (++index[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** Uploads values, laid out as asked and surrounded by poison; the tensor is a view of a larger storage. */
export function upload(backend: Backend, host: TensorValues, layout: LayoutDraw): Tensor {
  const { dtype, shape, data } = host;
  const { bytes, encode, view } = dtypes[dtype];
  const recipe = recipeFor(shape, layout);
  const { order, pads, step, repeated } = recipe;
  const storedShape = storedShapeOf(shape, recipe);
  const stored = view(new ArrayBuffer(countOf(storedShape) * bytes), 0, countOf(storedShape));
  stored.fill(encode(poison(dtype)));
  const { strides, offset } = viewLayout(shape, layout);
  eachPlace(shape, strides, offset, (flat, place) => {
    stored[place] = encode(data[flat]);
  });
  return scope(() => {
    let t = fromStored(backend, stored, storedShape, dtype);
    t = squeeze(narrow(t, order.length, step - 1, 1), order.length);
    order.forEach((axis, i) => {
      t = narrow(t, i, pads[axis][0], repeated.includes(axis) ? 1 : shape[axis]);
    });
    return expand(
      permute(
        t,
        shape.map((_, axis) => order.indexOf(axis)),
      ),
      shape,
    );
  });
}

/** Strides and offset that `upload` gives a tensor, for messages. */
export function viewLayout(shape: readonly number[], layout: LayoutDraw): Pick<Layout, "strides" | "offset"> {
  const recipe = recipeFor(shape, layout);
  const { order, pads, step, repeated } = recipe;
  const stored = contiguousStrides(storedShapeOf(shape, recipe));
  const strideOf = (axis: number): number => stored[order.indexOf(axis)];
  return {
    strides: shape.map((_, axis) => (repeated.includes(axis) ? 0 : strideOf(axis))),
    offset: shape.reduce((sum, _, axis) => sum + pads[axis][0] * strideOf(axis), step - 1),
  };
}

/** Uploads values as a contiguous tensor. */
export function uploadDense(backend: Backend, host: TensorValues): Tensor {
  return upload(backend, host, { kind: "contiguous", seed: 0 });
}

/** The elements of a tensor as plain numbers. */
export async function download(t: Tensor): Promise<TensorValues> {
  return { dtype: t.dtype, shape: t.shape, data: Float64Array.from(await t.data()) };
}
