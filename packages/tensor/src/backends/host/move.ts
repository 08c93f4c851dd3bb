import type { DType, TypedArray } from "../../dtypes/dtype.ts";
import { LANES, loads, stores } from "./lanes.ts";
import type { Scratch } from "./scratch.ts";

/** `to[toAt + i·toStep] = from[fromAt + i·fromStep]` for 0 ≤ i < n. */
export type Move = (
  to: TypedArray,
  toAt: number,
  toStep: number,
  from: TypedArray,
  fromAt: number,
  fromStep: number,
  n: number,
) => void;

/** From this length on a block copy is worth making two views for. */
const BLOCK = 128;

const moveF32: Move = (to, toAt, toStep, from, fromAt, fromStep, n) => {
  for (let i = 0; i < n; i++, toAt += toStep, fromAt += fromStep) to[toAt] = from[fromAt];
};

const moveHalf: Move = (to, toAt, toStep, from, fromAt, fromStep, n) => {
  for (let i = 0; i < n; i++, toAt += toStep, fromAt += fromStep) to[toAt] = from[fromAt];
};

/** Copies elements as they are stored; between two dtypes, or for the rarer ones, by way of lanes. */
export function createMove({ x }: Scratch, to: DType, from: DType): Move {
  const load = loads[from];
  const store = stores[to];
  const byLanes: Move = (target, toAt, toStep, source, fromAt, fromStep, n) => {
    for (let start = 0; start < n; start += LANES) {
      const count = Math.min(LANES, n - start);
      load(x, 0, count, source, fromAt + start * fromStep, fromStep);
      store(x, 0, count, target, toAt + start * toStep, toStep);
    }
  };
  // Loading and storing a bool makes it 0 or 1.
  if (to !== from || to === "bool") return byLanes;
  const byElement = to === "f32" ? moveF32 : to === "f16" || to === "bf16" ? moveHalf : byLanes;
  return (target, toAt, toStep, source, fromAt, fromStep, n) => {
    if (n >= BLOCK && toStep === 1 && fromStep === 1) target.set(source.subarray(fromAt, fromAt + n), toAt);
    else byElement(target, toAt, toStep, source, fromAt, fromStep, n);
  };
}
