import fc from "fast-check";
import { expect, test } from "vitest";
import { contiguousLayout, permuteLayout, sizeOf, type Layout } from "../../layout.ts";
import { isJointlyDense, joinLayouts, partsOf, type JointLayout } from "./joint-layout.ts";

/** Where every element is, operand by operand, in row-major order. */
function placesOf({ shape, strides, offsets }: JointLayout): number[][] {
  return strides.map((all, operand) =>
    Array.from({ length: sizeOf(shape) }, (_, i) => {
      let place = offsets[operand];
      let rest = i;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        place += (rest % shape[axis]) * all[axis];
        rest = Math.floor(rest / shape[axis]);
      }
      return place;
    }),
  );
}

const layouts = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 }).chain((shape) => {
  const permuted = fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }).map((axes) => {
    const inverse = axes.map((_, axis) => axes.indexOf(axis));
    return permuteLayout("test", contiguousLayout(axes.map((axis) => shape[axis])), inverse);
  });
  const repeated = fc
    .tuple(permuted, fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }), fc.nat(9))
    .map(([one, flags, offset]): Layout => ({
      ...one,
      offset,
      strides: one.strides.map((s, i) => (flags[i] ? 0 : s)),
    }));
  return fc.array(fc.oneof(fc.constant(contiguousLayout(shape)), permuted, repeated), { minLength: 1, maxLength: 3 });
});

test("joined axes and their parts name the same places in the same order", () => {
  fc.assert(
    fc.property(layouts, fc.integer({ min: 1, max: 4 }), (drawn, most) => {
      const plain = {
        shape: drawn[0].shape,
        strides: drawn.map((one) => one.strides),
        offsets: drawn.map((one) => one.offset),
      };
      const joint = joinLayouts(drawn);
      expect(placesOf(joint)).toEqual(placesOf(plain));
      const parts = [...partsOf(joint, most)].map(placesOf);
      expect(drawn.map((_, operand) => parts.flatMap((part) => part[operand]))).toEqual(placesOf(plain));
    }),
    { seed: 3 },
  );
});

test("contiguous operands are one axis, an empty one stays empty", () => {
  const dense = contiguousLayout([2, 3, 4]);
  expect(joinLayouts([dense, { ...dense, offset: 5 }])).toEqual({ shape: [24], strides: [[1], [1]], offsets: [0, 5] });
  expect(isJointlyDense(joinLayouts([dense]))).toBe(true);
  expect(isJointlyDense(joinLayouts([permuteLayout("test", dense, [0, 2, 1])]))).toBe(false);
  expect(sizeOf(joinLayouts([contiguousLayout([2, 0, 3])]).shape)).toBe(0);
});
