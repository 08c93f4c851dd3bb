import fc from "fast-check";
import type { Argument, Fill } from "./argument.ts";
import type { LayoutDraw } from "./memory-layout.ts";
import { edgeShapes, layouts, longLength, seeds, shapes } from "./shapes.ts";

/** Shape, layouts and a seed for an op on one shape. */
export interface ElementwiseDraw {
  readonly shape: readonly number[];
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

/** Draws for an element-wise op of `count` inputs. */
export function elementwiseDraws(count: number, minRank = 0): fc.Arbitrary<ElementwiseDraw> {
  return fc.record({
    shape: shapes(minRank, 4),
    layouts: fc.array(layouts, { minLength: count, maxLength: count }),
    seed: seeds,
  });
}

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

/** The edge shapes, contiguous, one shape in every kind of layout, and a long run with steps. */
export function elementwiseExamples(count: number, minRank = 0): readonly ElementwiseDraw[] {
  const edges = edgeShapes
    .filter((shape) => shape.length >= minRank)
    .map((shape, seed) => ({ shape, layouts: new Array<LayoutDraw>(count).fill(contiguous), seed }));
  const kinds = ["transposed", "narrowed", "stepped", "repeated", "mixed"] as const;
  const laidOut = kinds.map((kind, seed) => ({
    shape: [3, 2, 9],
    layouts: Array.from({ length: count }, (_, i) => ({ kind, seed: seed + 7 * i })),
    seed,
  }));
  const long = {
    shape: [longLength],
    layouts: new Array<LayoutDraw>(count).fill({ kind: "stepped", seed: 3 }),
    seed: 8,
  };
  return [...edges, ...laidOut, long];
}

/** An argument of a draw; `i` separates the seeds of the inputs. */
export function argumentOf(
  draw: ElementwiseDraw,
  i: number,
  dtype: Argument["dtype"],
  fill: (seed: number) => Fill,
): Argument {
  return { dtype, shape: draw.shape, layout: draw.layouts[i], fill: fill(draw.seed + i) };
}
