import { isFloat, type DType } from "../dtypes/dtype.ts";
import { formatShape } from "../layout.ts";
import { indexAt, type Expected, type TensorValues } from "./tensor-values.ts";
import { roundTo, smallestNormal, ulpOf } from "./formulas/number-format.ts";

/**
 * How far a result may be from its formula. A class per op and dtype with its reason, never a global epsilon:
 *
 * - `exact`: the formula's value rounded once, bit for bit.
 * - `ulp`: within `n` units in the last place of the result's dtype.
 * - `relative`: within `factor·√terms·u·magnitude` plus the final rounding, where `u` is half an ulp of 1 in the dtype of
 *   the intermediate results and the magnitude is that of the summands (rounding errors of a sum grow with √terms).
 */
export type Tolerance = { readonly reason: string } & (
  | { readonly kind: "exact"; readonly signedZero?: false }
  | { readonly kind: "ulp"; readonly n: number }
  | { readonly kind: "relative"; readonly factor: number; readonly terms: number; readonly intermediate: DType }
);

/** A check found a wrong result. The message says what, where and how much. */
export class Mismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Mismatch";
  }
}

/** Distance allowed at one element; the class `exact` allows none. */
function allowance(tolerance: Tolerance, dtype: DType, value: number, magnitude: number): number {
  if (tolerance.kind === "exact" || !isFloat(dtype)) return 0;
  const ulp = ulpOf(dtype, value);
  if (tolerance.kind === "ulp") return tolerance.n * ulp;
  const unit = ulpOf(tolerance.intermediate, 1) / 2;
  // Below the smallest normal number roundings no longer shrink with what is rounded.
  const size = Math.max(magnitude, smallestNormal(tolerance.intermediate));
  return tolerance.factor * Math.sqrt(Math.max(1, tolerance.terms)) * unit * size + ulp / 2;
}

/** True when `got` may stand for the formula's value; `exact` tells −0 from 0. */
function agrees(got: number, want: number, value: number, allowed: number, exact: boolean): boolean {
  if (Number.isNaN(want)) return Number.isNaN(got);
  if (want === got) return !exact || Object.is(want, got);
  return Number.isFinite(got) && Number.isFinite(value) && Math.abs(got - value) <= allowed;
}

/** What a backend is allowed beyond the tolerance of an op; both have a reason where the backend is described. */
export interface Slack {
  /** Factor on the tolerance. */
  readonly factor: number;
  /** Distance that is always allowed: the smallest normal number, where subnormals are flushed to 0. */
  readonly floor: number;
}

export const noSlack: Slack = { factor: 1, floor: 0 };

/** Slack for two results that may each be off by the tolerance. */
export function doubled({ factor, floor }: Slack): Slack {
  return { factor: 2 * factor, floor: 2 * floor };
}

/** @throws Mismatch at the first element of `got` that is not within tolerance of the formula */
export function expectWithin(
  what: string,
  got: TensorValues,
  want: Expected,
  tolerance: Tolerance,
  slack: Slack = noSlack,
): void {
  expectSameKind(what, got, want);
  for (let i = 0; i < want.data.length; i++) {
    const value = want.data[i];
    const rounded = roundTo(want.dtype, value);
    const allowed = slack.factor * allowance(tolerance, want.dtype, value, want.magnitude[i]) + slack.floor;
    const exact = tolerance.kind === "exact" && tolerance.signedZero !== false && allowed === 0;
    if (agrees(got.data[i], rounded, value, allowed, exact)) continue;
    throw new Mismatch(`${what}: ${difference(got, i, rounded)}; ${describe(tolerance, allowed, slack)}`);
  }
}

/** @throws Mismatch unless both have the same bits (any NaN equals any other) */
export function expectSame(what: string, got: TensorValues, want: TensorValues): void {
  expectSameKind(what, got, want);
  const i = want.data.findIndex((value, k) => !Object.is(value, got.data[k]));
  if (i >= 0) throw new Mismatch(`${what}: ${difference(got, i, want.data[i])}; must be bit-equal`);
}

function expectSameKind(what: string, got: TensorValues, want: TensorValues | Expected): void {
  const kind = (t: TensorValues | Expected): string => `${t.dtype}${formatShape(t.shape)}`;
  if (kind(got) !== kind(want)) throw new Mismatch(`${what}: result is ${kind(got)}, expected ${kind(want)}`);
}

function difference({ dtype, shape, data }: TensorValues, i: number, want: number): string {
  const got = data[i];
  const gap =
    isFloat(dtype) && Number.isFinite(got - want)
      ? ` (${(Math.abs(got - want) / ulpOf(dtype, want)).toPrecision(3)} ulp)`
      : "";
  const where = `[${indexAt(shape, i).join(", ")}] of ${dtype}${formatShape(shape)}`;
  return `first difference at ${where}: expected ${show(want)}, got ${show(got)}${gap}`;
}

function describe(tolerance: Tolerance, allowed: number, { factor, floor }: Slack): string {
  const times = (factor === 1 ? "" : `, loosened ${factor}×`) + (floor === 0 ? "" : ", subnormals may be 0");
  if (tolerance.kind === "exact") return `must be exact (${tolerance.reason})${times}`;
  const rule =
    tolerance.kind === "ulp"
      ? `${tolerance.n} ulp`
      : `${tolerance.factor}·√${tolerance.terms} roundings in ${tolerance.intermediate}`;
  return `allowed ±${allowed.toPrecision(3)} = ${rule} (${tolerance.reason})${times}`;
}

/** A number as a reader wants it: −0 with its sign. */
export function show(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
