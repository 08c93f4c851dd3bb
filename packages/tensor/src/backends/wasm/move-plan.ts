import { contiguousStrides, type Layout } from "../../layout.ts";

/** One call of the `move` kernel: three outer axes and an inner one; offsets and steps in elements. */
export interface MovePlan {
  readonly inner: number;
  readonly outer: readonly [number, number, number];
  /** Steps of the outer axes, then of the inner one. */
  readonly xSteps: readonly number[];
  readonly outSteps: readonly number[];
  readonly xOffset: number;
  readonly outOffset: number;
}

interface Axis {
  size: number;
  x: number;
  out: number;
}

/** Axes of length 1 dropped, neighbours that lie back to back on both sides merged. */
function mergedAxes(shape: readonly number[], x: readonly number[], out: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  for (let k = 0; k < shape.length; k++) {
    if (shape[k] === 1) continue;
    const last = axes.at(-1);
    if (last && last.x === x[k] * shape[k] && last.out === out[k] * shape[k]) {
      last.size *= shape[k];
      last.x = x[k];
      last.out = out[k];
    } else axes.push({ size: shape[k], x: x[k], out: out[k] });
  }
  return axes;
}

/**
 * Splits a copy from the elements of layout `x` to those of layout `out` (default: contiguous, from 0) into calls of the
 * kernel. Offsets are relative to the first element of either side. Both layouts have one shape.
 */
export function planMove(x: Layout, out: Layout | null): MovePlan[] {
  if (x.shape.includes(0)) return [];
  const axes = mergedAxes(x.shape, x.strides, out ? out.strides : contiguousStrides(x.shape));
  while (axes.length < 4) axes.unshift({ size: 1, x: 0, out: 0 });
  const plans: MovePlan[] = [];
  const place = (depth: number, xOffset: number, outOffset: number): void => {
    if (axes.length - depth > 4) {
      const axis = axes[depth];
      for (let i = 0; i < axis.size; i++) place(depth + 1, xOffset + i * axis.x, outOffset + i * axis.out);
      return;
    }
    const [a, b, c, inner] = axes.slice(depth);
    plans.push({
      inner: inner.size,
      outer: [a.size, b.size, c.size],
      xSteps: [a.x, b.x, c.x, inner.x],
      outSteps: [a.out, b.out, c.out, inner.out],
      xOffset,
      outOffset,
    });
  };
  place(0, 0, 0);
  return plans;
}
