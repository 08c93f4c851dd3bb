import { sizeOf, type Layout } from "../../layout.ts";

/** Several operands over the same elements: an element is at `offset + Σ iₖ·stridesₖ` of each. */
export interface JointLayout {
  readonly shape: readonly number[];
  /** By operand. */
  readonly strides: readonly (readonly number[])[];
  readonly offsets: readonly number[];
}

/** The same elements in the same order, by as few axes as all operands together allow. */
export function joinLayouts(layouts: readonly Layout[]): JointLayout {
  const [{ shape }] = layouts;
  const axes: number[] = [];
  const joined: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1) continue;
    const last = axes.at(-1);
    if (last !== undefined && layouts.every(({ strides }) => strides[last] === strides[axis] * shape[axis])) {
      axes[axes.length - 1] = axis;
      joined[joined.length - 1] *= shape[axis];
    } else {
      axes.push(axis);
      joined.push(shape[axis]);
    }
  }
  return {
    shape: joined,
    strides: layouts.map(({ strides }) => axes.map((axis) => strides[axis])),
    offsets: layouts.map(({ offset }) => offset),
  };
}

/** Whether element i of every operand is at `offset + i`. */
export const isJointlyDense = ({ shape, strides }: JointLayout): boolean =>
  shape.length === 0 || (shape.length === 1 && strides.every(([stride]) => stride === 1));

/** The parts of a layout that have at most so many axes, which the first axes are split into. */
export function* partsOf(joint: JointLayout, most: number): Iterable<JointLayout> {
  const { shape, strides, offsets } = joint;
  const lead = shape.length - most;
  if (lead <= 0) return void (yield joint);
  const outer = shape.slice(0, lead);
  const inner = { shape: shape.slice(lead), strides: strides.map((all) => all.slice(lead)) };
  for (let i = 0; i < sizeOf(outer); i++) {
    const at = outer.map((n, axis) => Math.floor(i / sizeOf(outer.slice(axis + 1))) % n);
    const start = (operand: number): number =>
      at.reduce((sum, index, axis) => sum + index * strides[operand][axis], offsets[operand]);
    yield { ...inner, offsets: offsets.map((_, operand) => start(operand)) };
  }
}
