import type { Regex, RegexArena } from "../../regex/index.ts";
import type { Decimal, DecimalLike } from "./decimal.ts";
import { ceilingOf, compareDecimals, isZero, negated, placesOf, toDecimal } from "./decimal.ts";
import { GrammarError } from "../../../errors.ts";
import { divisorOf, multiplesOf, wholeDivisorOf } from "./multiples.ts";
import type { Bound } from "./plain-decimals.ts";
import { PlainDecimals } from "./plain-decimals.ts";
import { ScientificDecimals } from "./scientific-decimals.ts";

/** What a number has to be, as the keywords of JSON Schema say it. */
export interface NumberRange {
  readonly minimum?: DecimalLike;
  readonly maximum?: DecimalLike;
  readonly exclusiveMinimum?: DecimalLike;
  readonly exclusiveMaximum?: DecimalLike;
  readonly multipleOf?: DecimalLike;
}

/** What a double can hold: beyond, a reader would take 0 or infinity. */
const smallest = bound("5e-324");
const largest = bound(String(Number.MAX_VALUE));
/** Python writes floats with an exponent from here on, JavaScript from 10^21; integers have one only beyond. */
const largeInteger = bound("1e16");

function bound(value: string): Bound {
  return { value: toDecimal(value, "bound"), isExclusive: false };
}

/**
 * The JSON numbers of a range, compared as exact decimals. Spellings: plain (`0.5`, `-12`, `-0`), and scientific with one digit
 * before the point (`1e-07`, `1.5E+300`), up to what a double can hold; so every number is matched as JavaScript and as Python
 * write it. Where there is no bound but 0, any digits may stand before an exponent of up to two digits (`100e-2`).
 *
 * @throws GrammarError for bounds that are no numbers or a `multipleOf` that is not above 0; UnsupportedGrammarError for a
 * `multipleOf` of more than 10,000 remainders
 */
export function numberRange(regexes: RegexArena, range: NumberRange = {}): Regex {
  const numbers = new Numbers(regexes);
  const [low, high] = boundsOf(range);
  const inside = (): Regex => numbers.signed(low, high, (from, to) => numbers.sizes(from, to));
  const divisor = readDivisor(range);
  if (divisor === undefined) return inside();
  const multiples = numbers.multiples(divisorOf(divisor));
  return low === undefined && high === undefined ? multiples : regexes.and(inside(), multiples);
}

/**
 * The JSON numbers of a range that are integers: plain, also with zeros behind a point (`1.0`), and from 10^16 on in
 * scientific notation (`1e+21`).
 *
 * @throws as `numberRange`
 */
export function integerRange(regexes: RegexArena, range: NumberRange = {}): Regex {
  const numbers = new Numbers(regexes);
  const [low, high] = boundsOf(range);
  const from = low && wholeBound(ceilingOf(low.value, low.isExclusive));
  const to = high && wholeBound(-ceilingOf(negated(high.value), high.isExclusive));
  const inside = (): Regex => numbers.signed(from, to, (least, most) => numbers.integers(least, most));
  const divisor = readDivisor(range);
  if (divisor === undefined) return inside();
  const whole = wholeDivisorOf(divisorOf(divisor));
  if (whole.units === 1n) return inside();
  return low === undefined && high === undefined
    ? numbers.multiples(whole)
    : regexes.and(inside(), numbers.multiples(whole));
}

const wholeBound = (value: bigint): Bound => ({ value: toDecimal(value, "bound"), isExclusive: false });

function readDivisor({ multipleOf }: NumberRange): Decimal | undefined {
  if (multipleOf === undefined) return undefined;
  const divisor = toDecimal(multipleOf, "multipleOf");
  if (!divisor.isNegative && !isZero(divisor)) return divisor;
  throw new GrammarError("multipleOf", `must be above 0, given ${String(multipleOf)}; leave it out for any number`, {
    given: multipleOf,
  });
}

function boundsOf(range: NumberRange): readonly [low: Bound | undefined, high: Bound | undefined] {
  const read = (name: Exclude<keyof NumberRange, "multipleOf">, isExclusive: boolean): Bound[] => {
    const value = range[name];
    return value === undefined ? [] : [{ value: toDecimal(value, name), isExclusive }];
  };
  const lows = [...read("exclusiveMinimum", true), ...read("minimum", false)];
  const highs = [...read("exclusiveMaximum", true), ...read("maximum", false)];
  return [
    lows.reduce<Bound | undefined>((a, b) => (a && compareDecimals(a.value, b.value) >= 0 ? a : b), undefined),
    highs.reduce<Bound | undefined>((a, b) => (a && compareDecimals(a.value, b.value) <= 0 ? a : b), undefined),
  ];
}

/** Bounds on sizes: `undefined` is none. From 0 on where there is no lower one. */
type Sizes = (low: Bound | undefined, high: Bound | undefined) => Regex;

class Numbers {
  readonly #regexes: RegexArena;
  readonly #plain: PlainDecimals;
  readonly #scientific: ScientificDecimals;

  constructor(regexes: RegexArena) {
    this.#regexes = regexes;
    this.#plain = new PlainDecimals(regexes);
    this.#scientific = new ScientificDecimals(regexes, this.#plain);
  }

  /** Numbers from `low` to `high`, by what spells the sizes on either side of 0. */
  signed(low: Bound | undefined, high: Bound | undefined, sizes: Sizes): Regex {
    const minus = this.#regexes.literal("-");
    const opposite = (one: Bound | undefined): Bound | undefined => one && { ...one, value: negated(one.value) };
    return this.#regexes.or(
      this.#from0(low, high, sizes),
      this.#regexes.concat(minus, this.#from0(opposite(high), opposite(low), sizes)),
    );
  }

  /** Those that are not negative. */
  #from0(low: Bound | undefined, high: Bound | undefined, sizes: Sizes): Regex {
    if (high?.value.isNegative === true) return this.#regexes.nothing;
    const from = low === undefined || low.value.isNegative ? undefined : low;
    return sizes(from !== undefined && isZero(from.value) && !from.isExclusive ? undefined : from, high);
  }

  sizes(low: Bound | undefined, high: Bound | undefined): Regex {
    const regexes = this.#regexes;
    const plain = this.#plain.between(low, high);
    const smallExponent = this.#scientific.exponent(-99, 99);
    if (low === undefined && high === undefined) {
      return regexes.or(
        regexes.concat(plain, regexes.optional(smallExponent)),
        this.#scientific.between(smallest, largest),
      );
    }
    const zeros = regexes.concat(this.#plain.digit(0, 0), this.#plain.zeroFraction, smallExponent);
    return regexes.or(
      plain,
      low === undefined && admitsZero(high) ? zeros : regexes.nothing,
      this.#exponents(low, high),
    );
  }

  integers(low: Bound | undefined, high: Bound | undefined): Regex {
    const regexes = this.#regexes;
    const plain = this.#plain.wholeBetween(low === undefined ? 0n : digitsOf(low), high && digitsOf(high));
    return regexes.or(regexes.concat(plain, this.#plain.zeroFraction), this.#integerExponents(low, high));
  }

  #integerExponents(low: Bound | undefined, high: Bound | undefined): Regex {
    const isAbove = low === undefined || compareDecimals(low.value, largeInteger.value) <= 0;
    const any = this.#scientific.withPlaces(16, 16, 307);
    if (isAbove && high === undefined) return any;
    if (high !== undefined && compareDecimals(high.value, largeInteger.value) < 0) return this.#regexes.nothing;
    return this.#regexes.and(any, this.#exponents(isAbove ? largeInteger : low, high));
  }

  multiples(divisor: { readonly units: bigint; readonly places: number }): Regex {
    const sizes = multiplesOf(this.#regexes, this.#plain, this.#scientific, divisor);
    return this.#regexes.concat(this.#regexes.optional(this.#regexes.literal("-")), sizes);
  }

  /** Scientific notation within what a double can hold. */
  #exponents(low: Bound | undefined, high: Bound | undefined): Regex {
    if (high !== undefined && isZero(high.value)) return this.#regexes.nothing;
    const from = low === undefined || compareDecimals(low.value, smallest.value) < 0 ? smallest : low;
    const to = high === undefined || compareDecimals(high.value, largest.value) > 0 ? largest : high;
    return this.#scientific.between(from, to);
  }
}

const digitsOf = ({ value }: Bound): bigint => BigInt(placesOf(value).whole);

const admitsZero = (high: Bound | undefined): boolean => high === undefined || !isZero(high.value) || !high.isExclusive;
