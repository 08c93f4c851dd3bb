import type { DType } from "../../dtypes/dtype.ts";
import { isFloat } from "../../dtypes/dtype.ts";
import { Rng } from "../../rng.ts";
import { countOf, flatIndex, hostTensor, indexAt, type TensorValues } from "../tensor-values.ts";
import { integerRange } from "../formulas/number-format.ts";
import { repeatedAxes, type LayoutDraw } from "./memory-layout.ts";

/** Where a tensor's values come from; deterministic, so that a printed call can be pinned as an example. */
export type Fill =
  /** Normal distribution times `scale`. */
  | { readonly kind: "normal"; readonly scale: number; readonly seed: number }
  /** Uniform in [low, high). */
  | { readonly kind: "uniform"; readonly low: number; readonly high: number; readonly seed: number }
  /** ±2ᵘ with u uniform in [low, high). */
  | { readonly kind: "powers"; readonly low: number; readonly high: number; readonly seed: number }
  /** Integers from low to high. */
  | { readonly kind: "integers"; readonly low: number; readonly high: number; readonly seed: number }
  /** from, from + step, from + 2·step, … */
  | { readonly kind: "ramp"; readonly from: number; readonly step: number }
  /** Given values, repeated as often as needed. */
  | { readonly kind: "values"; readonly values: readonly number[] };

/** A tensor argument as data: what it holds and how it lies in memory. */
export interface Argument {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly layout: LayoutDraw;
  readonly fill: Fill;
}

function generator(fill: Fill): (i: number) => number {
  if (fill.kind === "ramp") return (i) => fill.from + i * fill.step;
  if (fill.kind === "values") return (i) => fill.values[i % fill.values.length];
  const rng = new Rng(fill.seed);
  switch (fill.kind) {
    case "normal":
      return () => rng.normal() * fill.scale;
    case "uniform":
      return () => fill.low + rng.uniform() * (fill.high - fill.low);
    case "powers":
      return () => (rng.uniform() < 0.5 ? -1 : 1) * 2 ** (fill.low + rng.uniform() * (fill.high - fill.low));
    case "integers":
      return () => fill.low + Math.floor(rng.uniform() * (fill.high - fill.low + 1));
  }
}

/** The argument's values. Along the axes that its layout repeats, all entries are equal. */
export function drawnValues({ dtype, shape, layout, fill }: Argument): TensorValues {
  const next = generator(fill);
  const repeated = repeatedAxes(shape, layout);
  if (repeated.length === 0) return hostTensor(dtype, shape, draw(next, countOf(shape)));
  const stored = shape.map((n, axis) => (repeated.includes(axis) ? Math.min(n, 1) : n));
  const values = draw(next, countOf(stored));
  const spread = new Float64Array(countOf(shape));
  for (let flat = 0; flat < spread.length; flat++) {
    const index = indexAt(shape, flat).map((i, axis) => (repeated.includes(axis) ? 0 : i));
    spread[flat] = values[flatIndex(stored, index)];
  }
  return hostTensor(dtype, shape, spread);
}

function draw(next: (i: number) => number, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = next(i);
  return values;
}

/** Values of a dtype's usual size: normal floats, integers over the whole range, so that wrapping shows. */
export function usualFill(dtype: DType, seed: number, scale = 1): Fill {
  if (isFloat(dtype)) return { kind: "normal", scale, seed };
  const [low, high] = integerRange[dtype] ?? [0, 1];
  return { kind: "integers", low, high, seed };
}

/** Integers so small that sums of products of them are exact in every float dtype. */
export function smallIntegers(dtype: DType, seed: number): Fill {
  if (dtype === "bool") return { kind: "integers", low: 0, high: 1, seed };
  const high = dtype === "bf16" || dtype === "f16" ? 2 : 8;
  return { kind: "integers", low: dtype === "u8" || dtype === "u32" ? 0 : -high, high, seed };
}

/** A contiguous argument of given values. */
export function given(dtype: DType, shape: readonly number[], values: readonly number[]): Argument {
  return { dtype, shape, layout: { kind: "contiguous", seed: 0 }, fill: { kind: "values", values } };
}
