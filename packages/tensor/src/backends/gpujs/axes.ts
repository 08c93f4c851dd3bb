import type { Layout } from "../../layout.ts";

/** Axes of an index space, and how far one step along each goes in every operand. */
export interface Axes {
  readonly shape: readonly number[];
  /** Per operand, one stride per axis. */
  readonly strides: readonly (readonly number[])[];
}

/** Ranks that kernels are written for; others are filled up with axes of length 1. */
const ranks = [1, 2, 3, 4, 6, 8];

/**
 * The fewest axes that walk all operands in the same order: axes of length 1 go, neighbours that lie back to back in
 * every operand merge. Most calls end up with one.
 */
export function mergeAxes(shape: readonly number[], layouts: readonly Pick<Layout, "strides">[]): Axes {
  const merged: { length: number; steps: number[] }[] = [];
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const steps = layouts.map(({ strides }) => strides[axis] ?? 0);
    const outer = merged.at(-1);
    if (outer?.steps.every((step, i) => step === (steps[i] ?? 0) * length)) {
      outer.length *= length;
      outer.steps = steps;
    } else {
      merged.push({ length, steps });
    }
  });
  const rank = ranks.find((one) => one >= merged.length) ?? merged.length;
  while (merged.length < rank) merged.unshift({ length: 1, steps: layouts.map(() => 0) });
  return {
    shape: merged.map(({ length }) => length),
    strides: layouts.map((_, i) => merged.map(({ steps }) => steps[i] ?? 0)),
  };
}
