import fc from "fast-check";
import { layoutKinds, type LayoutDraw } from "./memory-layout.ts";

/** Lengths on both sides of the multiples of 4, 8, 16 and 32 lanes. */
export const laneLengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33] as const;

/** A lane length; shrinks toward 1. */
export const laneLength: fc.Arbitrary<number> = fc.constantFrom(...laneLengths);

/** 1–3, sometimes 0. */
export const shortLength: fc.Arbitrary<number> = fc.constantFrom(1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3, 0);

/** A seed; not shrunk, since no seed is simpler than another. */
export const seeds: fc.Arbitrary<number> = fc.noShrink(fc.nat({ max: 2 ** 30 }));

/** How an argument lies in memory; shrinks toward contiguous. */
export const layouts: fc.Arbitrary<LayoutDraw> = fc.record({ kind: fc.constantFrom(...layoutKinds), seed: seeds });

/** Shapes of the given ranks: one axis of a lane length, the others short (now and then 0). */
export function shapes(minRank: number, maxRank: number): fc.Arbitrary<number[]> {
  const drawn = fc.record({
    rank: fc.integer({ min: minRank, max: maxRank }),
    long: laneLength,
    place: fc.nat({ max: 3 }),
    short: fc.array(shortLength, { minLength: 4, maxLength: 4 }),
  });
  return drawn.map(({ rank, long, place, short }) =>
    Array.from({ length: rank }, (_, axis) => (axis === place % rank ? long : short[axis])),
  );
}

/** A length beyond the blocks in which backends work through long runs. */
export const longLength = 1030;

/** Shapes that every element-wise op is run on: rank 0, empty axes, axes of 1, all lane lengths, long runs. */
export const edgeShapes: readonly (readonly number[])[] = [
  [],
  [0],
  [3, 0],
  [0, 4],
  [1, 1, 1],
  [2, 3, 4, 5],
  ...laneLengths.map((n) => [n]),
  ...laneLengths.map((n) => [2, n]),
  [70],
  [longLength],
];
