import { tooMuch } from "../documents/refusals.ts";
import { isMultiple, leastCommonMultiple } from "./decimals.ts";

/** Numbers of an interval that are multiples of some, and no multiples of others. An integer is a multiple of 1. */
export interface NumberRange {
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
  readonly multiples: readonly number[];
  readonly nonMultiples: readonly number[];
}

/** A union of ranges, which may overlap. */
export type NumberSet = readonly NumberRange[];

/** Ranges of one set. */
const MOST_RANGES = 4_096;

const everything: NumberRange = {
  low: -Infinity,
  lowOpen: false,
  high: Infinity,
  highOpen: false,
  multiples: [],
  nonMultiples: [],
};

export const allNumbers: NumberSet = [everything];
export const noNumbers: NumberSet = [];

export const numberPoint = (value: number): NumberSet => [{ ...everything, low: value, high: value }];
export const atLeast = (low: number, lowOpen = false): NumberSet => [{ ...everything, low, lowOpen }];
export const atMost = (high: number, highOpen = false): NumberSet => [{ ...everything, high, highOpen }];
export const multiplesOf = (divisor: number): NumberSet => [{ ...everything, multiples: [divisor] }];

const isNone = (set: NumberSet): boolean => set.length === 0;
const isAll = (set: NumberSet): boolean => set.includes(everything);

function checked(set: NumberSet): NumberSet {
  if (set.length > MOST_RANGES) throw tooMuch(MOST_RANGES, "ranges of numbers");
  return set;
}

export function numbersAnd(a: NumberSet, b: NumberSet): NumberSet {
  if (isAll(a)) return b;
  if (isAll(b)) return a;
  if (a.length * b.length > MOST_RANGES * 16) throw tooMuch(MOST_RANGES, "ranges of numbers");
  return checked(a.flatMap((x) => b.flatMap((y) => intersect(x, y))));
}

export function numbersOr(a: NumberSet, b: NumberSet): NumberSet {
  if (isAll(a) || isNone(b)) return a;
  return isAll(b) || isNone(a) ? b : checked([...a, ...b]);
}

export const numbersNot = (set: NumberSet): NumberSet =>
  set.reduce<NumberSet>((rest, range) => numbersAnd(rest, complement(range)), allNumbers);

function complement(range: NumberRange): NumberSet {
  const parts: NumberRange[] = [];
  if (range.low > -Infinity) parts.push({ ...everything, high: range.low, highOpen: !range.lowOpen });
  if (range.high < Infinity) parts.push({ ...everything, low: range.high, lowOpen: !range.highOpen });
  for (const divisor of range.multiples) parts.push({ ...everything, nonMultiples: [divisor] });
  for (const divisor of range.nonMultiples) parts.push({ ...everything, multiples: [divisor] });
  return parts;
}

function intersect(a: NumberRange, b: NumberRange): NumberSet {
  const [lower, higher] = [
    a.low === b.low ? null : a.low > b.low ? a : b,
    a.high === b.high ? null : a.high < b.high ? a : b,
  ];
  return kept({
    low: lower === null ? a.low : lower.low,
    lowOpen: lower === null ? a.lowOpen || b.lowOpen : lower.lowOpen,
    high: higher === null ? a.high : higher.high,
    highOpen: higher === null ? a.highOpen || b.highOpen : higher.highOpen,
    multiples: joined(a.multiples, b.multiples),
    nonMultiples: [...new Set([...a.nonMultiples, ...b.nonMultiples])],
  });
}

/** Divisors without those that others imply; two whole ones become their least common multiple. */
function joined(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0) return b;
  const divisors = [...a];
  for (const next of b) {
    if (divisors.some((divisor) => isMultiple(divisor, next))) continue;
    const implied = divisors.findIndex((divisor) => isMultiple(next, divisor));
    const [first = next] = divisors;
    const common = implied < 0 && divisors.length === 1 ? leastCommonMultiple(first, next) : null;
    if (implied >= 0) divisors.splice(implied, 1, next);
    else if (common !== null) divisors.splice(0, 1, common);
    else divisors.push(next);
  }
  return divisors;
}

const satisfies = (value: number, { multiples, nonMultiples }: NumberRange): boolean =>
  multiples.every((divisor) => isMultiple(value, divisor)) &&
  !nonMultiples.some((divisor) => isMultiple(value, divisor));

/** Whether no multiple of a whole number lies in the range. */
function skips({ low, lowOpen, high, highOpen }: NumberRange, divisor: number): boolean {
  if (!Number.isSafeInteger(divisor) || !(Math.abs(low) + Math.abs(high) < 2 ** 50)) return false;
  const [first, last] = [Math.ceil(low / divisor) * divisor, Math.floor(high / divisor) * divisor];
  return (first === low && lowOpen ? first + divisor : first) > (last === high && highOpen ? last - divisor : last);
}

/** The range, or no range where nothing lies in it. */
function kept(range: NumberRange): NumberSet {
  const { low, high, lowOpen, highOpen, multiples, nonMultiples } = range;
  if (low > high || (low === high && (lowOpen || highOpen))) return noNumbers;
  if (low === high) return satisfies(low, range) ? numberPoint(low) : noNumbers;
  if (multiples.some((a) => nonMultiples.some((b) => isMultiple(a, b)))) return noNumbers;
  return multiples.some((divisor) => skips(range, divisor)) ? noNumbers : [range];
}

export const hasNumber = (set: NumberSet, value: number): boolean => !isNone(numbersAnd(set, numberPoint(value)));

/** The numbers of a set of points alone; null where a range has more. */
export function finiteNumbers(set: NumberSet): readonly number[] | null {
  const values = new Set<number>();
  for (const { low, lowOpen, high, highOpen, multiples, nonMultiples } of set) {
    if (low === high) values.add(low);
    else if (multiples.length === 1 && multiples[0] === 1 && nonMultiples.length === 0 && high - low <= 64) {
      for (let value = Math.ceil(low); value <= high; value++) {
        if (!((value === low && lowOpen) || (value === high && highOpen))) values.add(value);
      }
    } else return null;
  }
  return [...values];
}
