import fc from "fast-check";
import { elementwiseDraws, elementwiseExamples } from "./elementwise.ts";
import type { LayoutDraw } from "./memory-layout.ts";

/** Two shapes that broadcast together. */
export interface BroadcastDraw {
  readonly shapes: readonly [readonly number[], readonly number[]];
  readonly layouts: readonly [LayoutDraw, LayoutDraw];
  readonly seed: number;
}

/** What broadcasting takes away from a shape: `lead` first axes are missing, axes with a set bit have length 1. */
interface Cut {
  readonly lead: number;
  readonly bits: number;
}

const cut = (shape: readonly number[], { lead, bits }: Cut): number[] =>
  shape.map((n, axis) => ((bits >> axis) & 1 ? 1 : n)).slice(Math.min(lead, shape.length));

/** Half of the draws broadcast nothing. */
const cuts: fc.Arbitrary<Cut> = fc.oneof(
  fc.constant({ lead: 0, bits: 0 }),
  fc.record({ lead: fc.constantFrom(0, 0, 1, 2, 4), bits: fc.nat({ max: 15 }) }),
);

/** Pairs of shapes, each possibly with axes of length 1 and without leading axes. */
export const broadcastDraws: fc.Arbitrary<BroadcastDraw> = fc
  .tuple(elementwiseDraws(2), cuts, cuts)
  .map(([{ shape, layouts, seed }, a, b]) => ({
    shapes: [cut(shape, a), cut(shape, b)],
    layouts: [layouts[0], layouts[1]],
    seed,
  }));

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };
const pairs: readonly BroadcastDraw["shapes"][] = [
  [[3, 4], []],
  [[], [3, 4]],
  [[2, 33], [33]],
  [[17], [5, 1]],
  [
    [2, 1, 9],
    [1, 3, 1],
  ],
  [
    [2, 3, 1],
    [2, 1, 5],
  ],
  [
    [0, 3],
    [1, 3],
  ],
];

/** The element-wise examples with two like shapes, and each way of broadcasting. */
export const broadcastExamples: readonly BroadcastDraw[] = [
  ...elementwiseExamples(2).map(({ shape, layouts, seed }): BroadcastDraw => ({
    shapes: [shape, shape],
    layouts: [layouts[0], layouts[1]],
    seed,
  })),
  ...pairs.map((shapes, seed): BroadcastDraw => ({ shapes, layouts: [contiguous, contiguous], seed })),
];
