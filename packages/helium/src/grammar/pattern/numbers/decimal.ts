import { GrammarError, GrammarLimitError } from "../../../errors.ts";

/** A number as a schema gives it: strings are decimals in the syntax of JSON, for those that no `number` can hold. */
export type DecimalLike = number | bigint | string;

/** An exact decimal: ±d₁.d₂d₃… · 10^exponent, without zeros at either end of the digits; zero has no digits. */
export interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const syntax = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const largestExponent = 1000;

/** @throws GrammarError where it is no decimal number, GrammarLimitError beyond 10^±1000 */
export function toDecimal(value: DecimalLike, name: string): Decimal {
  const match = syntax.exec(String(value));
  if (match === null) {
    throw new GrammarError(name, `must be a decimal number, given ${String(value)}; write it as JSON does`, {
      given: value,
    });
  }
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const significant = `${whole}${fraction}`.replace(/^0+/, "");
  const digits = significant.replace(/0+$/, "");
  if (digits === "") return { isNegative: false, digits: "", exponent: 0 };
  const exponent = significant.length - 1 - fraction.length + Number(power);
  if (Math.abs(exponent) > largestExponent || digits.length > largestExponent) {
    throw new GrammarLimitError(
      name,
      `must be within 10^±${largestExponent}, given ${String(value)}; choose a bound in reach`,
      {
        given: value,
        limit: largestExponent,
      },
    );
  }
  return { isNegative: sign === "-", digits, exponent };
}

export const isZero = ({ digits }: Decimal): boolean => digits === "";

export const negated = (value: Decimal): Decimal =>
  isZero(value) ? value : { ...value, isNegative: !value.isNegative };

/** The digits before the point (at least one), and those behind it. */
export function placesOf({ digits, exponent }: Decimal): { readonly whole: string; readonly fraction: string } {
  if (digits === "") return { whole: "0", fraction: "" };
  if (exponent < 0) return { whole: "0", fraction: "0".repeat(-exponent - 1) + digits };
  return { whole: digits.slice(0, exponent + 1).padEnd(exponent + 1, "0"), fraction: digits.slice(exponent + 1) };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1;
  const order = isZero(a) || isZero(b) ? a.digits.length - b.digits.length : compareSizes(a, b);
  return a.isNegative ? -order : order;
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

/** The next integer above, or at, the value. */
export function ceilingOf(value: Decimal, isExclusive: boolean): bigint {
  const { whole, fraction } = placesOf(value);
  const size = BigInt(whole);
  if (value.isNegative) return fraction === "" && isExclusive ? -size + 1n : -size;
  return fraction === "" && !isExclusive ? size : size + 1n;
}
