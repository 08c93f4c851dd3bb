import type { Regex, RegexArena } from "../../regex/index.ts";
import type { Decimal } from "./decimal.ts";
import type { Bound, PlainDecimals } from "./plain-decimals.ts";

/** Numbers without sign in scientific notation with one digit before the point that is not 0: `1.5e-7`, `1E+21`. */
export class ScientificDecimals {
  readonly #regexes: RegexArena;
  readonly #plain: PlainDecimals;

  constructor(regexes: RegexArena, plain: PlainDecimals) {
    this.#regexes = regexes;
    this.#plain = plain;
  }

  /** From `low` to `high`, which are both greater than 0. */
  between(low: Bound, high: Bound): Regex {
    const [from, to] = [low.value.exponent, high.value.exponent];
    if (from > to) return this.#regexes.nothing;
    const least = { ...low, value: mantissaOf(low.value) };
    const most = { ...high, value: mantissaOf(high.value) };
    const of = (a: Bound, b: Bound, first: number, last: number): Regex =>
      this.#regexes.concat(this.#plain.between(a, b), this.exponent(first, last));
    if (from === to) return of(least, most, from, to);
    return this.#regexes.or(of(least, ten, from, from), of(one, ten, from + 1, to - 1), of(one, most, to, to));
  }

  /** One digit that is not 0, up to `places` digits behind the point and zeros, and one of these exponents. */
  withPlaces(places: number, from: number, to: number): Regex {
    const regexes = this.#regexes;
    const zeros = regexes.repeat(this.#plain.digit(0, 0), 0);
    const digits = regexes.concat(regexes.repeat(this.#plain.digit(0, 9), 1, places), zeros);
    const fraction =
      places === 0 ? this.#plain.zeroFraction : regexes.optional(regexes.concat(regexes.literal("."), digits));
    return regexes.concat(this.#plain.digit(1, 9), fraction, this.exponent(from, to));
  }

  /** `e` and a whole number of the range; a plus and up to two zeros may stand before it. */
  exponent(from: number, to: number): Regex {
    if (from > to) return this.#regexes.nothing;
    const regexes = this.#regexes;
    const upwards = to < 0 ? regexes.nothing : this.#digitsBetween(Math.max(0, from), to);
    const downwards = from > 0 ? regexes.nothing : this.#digitsBetween(Math.max(0, -to), -from);
    return regexes.concat(
      regexes.or(regexes.literal("e"), regexes.literal("E")),
      regexes.or(
        regexes.concat(regexes.optional(regexes.literal("+")), upwards),
        regexes.concat(regexes.literal("-"), downwards),
      ),
    );
  }

  #digitsBetween(from: number, to: number): Regex {
    const regexes = this.#regexes;
    const zeros = regexes.repeat(this.#plain.digit(0, 0), 0, 2);
    return regexes.concat(zeros, this.#plain.wholeBetween(BigInt(from), BigInt(to)));
  }
}

const one: Bound = { value: { isNegative: false, digits: "1", exponent: 0 }, isExclusive: false };
const ten: Bound = { value: { isNegative: false, digits: "1", exponent: 1 }, isExclusive: true };

const mantissaOf = (value: Decimal): Decimal => ({ ...value, isNegative: false, exponent: 0 });
