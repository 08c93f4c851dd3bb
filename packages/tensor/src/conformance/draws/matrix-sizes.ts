import fc from "fast-check";
import type { CallKind } from "../case.ts";
import type { LayoutDraw } from "./memory-layout.ts";
import { laneLength, laneLengths, layouts, longLength, seeds } from "./shapes.ts";

/** Sizes of a product `[M, K] × [K, N]`. */
export interface MatrixSizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

const few: fc.Arbitrary<number> = fc.constantFrom(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 3, 5, 0);

/** One of the sizes at a lane length, the others from 0 to 6; layouts and a seed for up to three inputs. */
export const productDraws: fc.Arbitrary<{
  readonly sizes: MatrixSizes;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}> = fc.record({
  sizes: fc
    .tuple(fc.constantFrom("M", "N", "K"), laneLength, few, few, few)
    .map(([long, length, M, N, K]) => ({ M, N, K, [long]: length })),
  layouts: fc.array(layouts, { minLength: 3, maxLength: 3 }),
  seed: seeds,
});

/** Sizes at which a product is cut into blocks of rows, in f32: too slow to run for every pair of dtypes. */
const largeSizes: readonly MatrixSizes[] = [
  { M: 2, N: longLength, K: 3 },
  { M: 9, N: 2, K: 60000 },
];

/** Every lane length in each place, empty sizes, and sizes beyond one tile and one panel of K. */
const matrixSizes: readonly MatrixSizes[] = [
  ...laneLengths.flatMap((n) => [
    { M: n, N: 3, K: 5 },
    { M: 3, N: n, K: 5 },
    { M: 2, N: 5, K: n },
  ]),
  { M: 0, N: 3, K: 2 },
  { M: 3, N: 0, K: 2 },
  { M: 3, N: 2, K: 0 },
  { M: 9, N: 17, K: 33 },
  { M: 1, N: 37, K: 70 },
  { M: 5, N: 3, K: 300 },
];

/** The sizes that a product always runs at. */
export function sizesFor({ dtype, variant }: CallKind): readonly MatrixSizes[] {
  return dtype === "f32" && variant === "f32" ? [...matrixSizes, ...largeSizes] : matrixSizes;
}
