import { ShapeError } from "./errors.ts";

/**
 * How a tensor's elements lie in its storage: element `(i₀, i₁, …)` is at `offset + Σ iₖ·stridesₖ`, in elements.
 * Stride 0 repeats one element along an axis (broadcasting).
 */
export interface Layout {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Number of elements of a shape; 1 for rank 0. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Row-major strides of a shape. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

export function contiguousLayout(shape: readonly number[]): Layout {
  return { shape, strides: contiguousStrides(shape), offset: 0 };
}

/** True when the elements follow one another in row-major order; strides of axes of size 1 do not matter. */
export function isContiguous(layout: Layout): boolean {
  if (layout.shape.includes(0)) return true;
  let expected = 1;
  for (let axis = layout.shape.length - 1; axis >= 0; axis--) {
    const n = layout.shape[axis];
    if (n !== 1 && layout.strides[axis] !== expected) return false;
    expected *= n;
  }
  return true;
}

/** @throws ShapeError when a length is negative or not an integer, or the product is not a safe integer. */
export function checkShape(op: string, shape: readonly number[]): void {
  for (const n of shape) {
    if (!Number.isSafeInteger(n) || n < 0)
      throw new ShapeError(op, `shape ${formatShape(shape)} has length ${n}; expected integers ≥ 0`, { shape });
  }
  if (!Number.isSafeInteger(sizeOf(shape)))
    throw new ShapeError(op, `shape ${formatShape(shape)} has more than 2^53 elements`, { shape });
}

/** `[2, 3]`: a shape for messages. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, axis) => n === b[axis]);
}

/** Non-negative axis of a possibly negative one. @throws ShapeError when out of range. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank)
    throw new ShapeError(op, `axis ${axis} is outside rank ${rank}; expected an integer from ${-rank} to ${rank - 1}`, {
      axis,
      rank,
    });
  return result;
}

/** Several axes by which an op runs: one, a list, or all of them where none is given. */
export type Axes = number | readonly number[];

/** Non-negative axes in rising order; all where none is given. @throws ShapeError when one is out of range or named twice */
export function normalizeAxes(op: string, axes: Axes | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const given = typeof axes === "number" ? [axes] : axes;
  const sorted = given.map((axis) => normalizeAxis(op, axis, rank)).sort((a, b) => a - b);
  if (new Set(sorted).size !== sorted.length)
    throw new ShapeError(op, `axes [${given.join(", ")}] of rank ${rank} name one axis twice; give each once`, {
      axes,
      rank,
    });
  return sorted;
}

/** NumPy broadcasting of two shapes, aligned at the right. @throws ShapeError naming both shapes. */
export function broadcastShapes(op: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1)
      throw new ShapeError(op, `${formatShape(a)} and ${formatShape(b)} do not broadcast: ${m} beside ${n}`, { a, b });
    shape[axis] = m === 1 ? n : m;
  }
  return shape;
}

/** View with axes of size 1 repeated (stride 0) and new leading axes, up to `shape`. */
export function expandLayout(op: string, layout: Layout, shape: readonly number[]): Layout {
  const lead = shape.length - layout.shape.length;
  const strides = shape.map((n, axis) => {
    const from = axis - lead;
    if (from < 0) return 0;
    if (layout.shape[from] === n) return layout.strides[from];
    if (layout.shape[from] === 1) return 0;
    return NaN;
  });
  if (lead < 0 || strides.includes(NaN))
    throw new ShapeError(op, `${formatShape(layout.shape)} does not expand to ${formatShape(shape)}`, {
      given: layout.shape,
      expected: shape,
    });
  return { shape, strides, offset: layout.offset };
}

/** View with axes reordered: axis `k` of the result is axis `axes[k]` of the input. */
export function permuteLayout(op: string, layout: Layout, axes: readonly number[]): Layout {
  const rank = layout.shape.length;
  const order = axes.map((axis) => normalizeAxis(op, axis, rank));
  if (order.length !== rank || new Set(order).size !== rank)
    throw new ShapeError(op, `axes [${axes.join(", ")}] are not a permutation of rank ${rank}`, { axes, rank });
  return {
    shape: order.map((axis) => layout.shape[axis]),
    strides: order.map((axis) => layout.strides[axis]),
    offset: layout.offset,
  };
}

/** View of `length` entries of one axis from `start`. */
export function narrowLayout(op: string, layout: Layout, axis: number, start: number, length: number): Layout {
  const at = normalizeAxis(op, axis, layout.shape.length);
  const size = layout.shape[at];
  if (!Number.isInteger(start) || !Number.isInteger(length) || start < 0 || length < 0 || start + length > size)
    throw new ShapeError(op, `[${start}, ${start + length}) is outside axis ${axis} of ${formatShape(layout.shape)}`, {
      shape: layout.shape,
      axis,
      start,
      length,
    });
  return {
    shape: layout.shape.map((n, k) => (k === at ? length : n)),
    strides: layout.strides,
    offset: layout.offset + start * layout.strides[at],
  };
}

/**
 * View of the same elements under another shape, or null when only a copy could give it.
 * Runs of axes that lie back to back in memory (`stride[k] = shape[k+1]·stride[k+1]`) can be merged and split freely.
 */
export function tryReshapeLayout(layout: Layout, shape: readonly number[]): Layout | null {
  if (isContiguous(layout)) return { shape, strides: contiguousStrides(shape), offset: layout.offset };
  const kept = layout.shape.map((n, axis) => [n, layout.strides[axis]] as const).filter(([n]) => n !== 1);
  const strides = new Array<number>(shape.length).fill(0);
  let target = 0;
  for (let from = 0; from < kept.length;) {
    // Grow the run of old axes and the run of new axes until they hold the same number of elements.
    let oldSize = kept[from][0];
    let to = from + 1;
    while (target < shape.length && shape[target] === 1) target++;
    const first = target;
    let newSize = shape[target++] ?? 1;
    while (oldSize !== newSize) {
      if (oldSize < newSize) oldSize *= kept[to++][0];
      else newSize *= shape[target++];
    }
    for (let k = from; k < to - 1; k++) {
      if (kept[k][1] !== kept[k + 1][0] * kept[k + 1][1]) return null;
    }
    let stride = kept[to - 1][1];
    for (let axis = target - 1; axis >= first; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    from = to;
  }
  return { shape, strides, offset: layout.offset };
}

/** `shape` with a single −1 replaced by the length that makes the sizes agree. @throws ShapeError otherwise. */
export function resolveShape(op: string, from: readonly number[], shape: readonly number[]): number[] {
  const size = sizeOf(from);
  const open = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, axis) => axis !== open));
  const resolved = [...shape];
  if (open >= 0 && known > 0) resolved[open] = size / known;
  checkShapeOrFit(op, from, shape, resolved);
  return resolved;
}

function checkShapeOrFit(
  op: string,
  from: readonly number[],
  shape: readonly number[],
  resolved: readonly number[],
): void {
  if (resolved.some((n) => !Number.isInteger(n) || n < 0) || sizeOf(resolved) !== sizeOf(from))
    throw new ShapeError(
      op,
      `${formatShape(from)} has ${sizeOf(from)} elements, which do not fit ${formatShape(shape)}`,
      {
        given: from,
        expected: shape,
      },
    );
}

/** Where the rows of `[…, C]` start: the layout without its last axis. */
export function leadLayout({ shape, strides, offset }: Layout): Layout {
  return { shape: shape.slice(0, -1), strides: strides.slice(0, -1), offset };
}

/** One row of `[rows, …]`: the layout without its first axis. */
export function innerLayout({ shape, strides, offset }: Layout): Layout {
  return { shape: shape.slice(1), strides: strides.slice(1), offset };
}
