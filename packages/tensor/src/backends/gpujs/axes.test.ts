import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeAxes } from "./axes.ts";

/** Addresses of an operand in row-major order of a shape. */
function addresses(shape: readonly number[], strides: readonly number[]): number[] {
  let found = [0];
  shape.forEach((length, axis) => {
    found = found.flatMap((start) => Array.from({ length }, (_, i) => start + i * (strides[axis] ?? 0)));
  });
  return found;
}

const axis = fc.record({ length: fc.integer({ min: 1, max: 4 }), a: fc.constantFrom(0, 1, 2, 4, 12), b: fc.nat(12) });

test("merged axes visit the same elements in the same order", () => {
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 6 }), (drawn) => {
      const shape = drawn.map(({ length }) => length);
      const layouts = [drawn.map(({ a }) => a), drawn.map(({ b }) => b)];
      const merged = mergeAxes(
        shape,
        layouts.map((strides) => ({ strides })),
      );
      layouts.forEach((strides, i) => {
        expect(addresses(merged.shape, merged.strides[i] ?? [])).toEqual(addresses(shape, strides));
      });
    }),
    { seed: 1 },
  );
});

test("what lies back to back in every operand is one axis", () => {
  const dense = { strides: [12, 4, 1] };
  expect(mergeAxes([2, 3, 4], [dense, dense]).shape).toEqual([24]);
  // One element for all, and one row for all.
  expect(mergeAxes([2, 3, 4], [{ strides: [0, 0, 0] }]).shape).toEqual([24]);
  expect(mergeAxes([2, 3, 4], [dense, { strides: [0, 0, 1] }]).shape).toEqual([6, 4]);
  expect(mergeAxes([4, 6], [{ strides: [1, 4] }]).shape).toEqual([4, 6]);
  expect(mergeAxes([], [{ strides: [] }]).shape).toEqual([1]);
});
