import type { Regex, RegexArena } from "../../regex/index.ts";
import type { Decimal } from "./decimal.ts";
import { placesOf } from "./decimal.ts";

/** A number that others are compared with; exclusive, it is not among those that are matched. */
export interface Bound {
  readonly value: Decimal;
  readonly isExclusive: boolean;
}

/** Numbers without sign and exponent, by their digits: `12`, `0.5`. */
export class PlainDecimals {
  readonly #regexes: RegexArena;
  /** Any digits, none included. */
  readonly #digits: Regex;
  /** What may follow the digits before the point. */
  readonly anyFraction: Regex;
  readonly zeroFraction: Regex;
  /** 0, or digits that do not begin with 0. */
  readonly anyWhole: Regex;

  constructor(regexes: RegexArena) {
    this.#regexes = regexes;
    this.#digits = regexes.repeat(this.digit(0, 9), 0);
    this.anyFraction = regexes.optional(this.#behindPoint(regexes.repeat(this.digit(0, 9), 1)));
    this.zeroFraction = regexes.optional(this.#behindPoint(regexes.repeat(this.digit(0, 0), 1)));
    this.anyWhole = regexes.or(this.digit(0, 0), regexes.concat(this.digit(1, 9), this.#digits));
  }

  digit(from: number, to: number): Regex {
    return from > to ? this.#regexes.nothing : this.#regexes.bytes(0x30 + from, 0x30 + to);
  }

  /** From one bound to the other (with their signs left out); `undefined` is none. */
  between(low: Bound | undefined, high: Bound | undefined): Regex {
    const regexes = this.#regexes;
    const [from, to] = [low && placesOf(low.value), high && placesOf(high.value)];
    const least = from === undefined ? 0n : BigInt(from.whole) + 1n;
    const most = to === undefined ? undefined : BigInt(to.whole) - 1n;
    if (from !== undefined && to !== undefined && BigInt(from.whole) > BigInt(to.whole)) return regexes.nothing;
    const inside = regexes.concat(this.wholeBetween(least, most), this.anyFraction);
    const after = low && from ? this.#fractionFrom(from.fraction, low.isExclusive) : this.anyFraction;
    const upTo = high && to ? this.#fractionTo(to.fraction, high.isExclusive) : this.anyFraction;
    if (from !== undefined && from.whole === to?.whole) {
      return regexes.concat(regexes.literal(from.whole), regexes.and(after, upTo));
    }
    return regexes.or(
      inside,
      from === undefined ? regexes.nothing : regexes.concat(regexes.literal(from.whole), after),
      to === undefined ? regexes.nothing : regexes.concat(regexes.literal(to.whole), upTo),
    );
  }

  /** Whole numbers from one to the other, without zeros before them. */
  wholeBetween(from: bigint, to?: bigint): Regex {
    if (to !== undefined && from > to) return this.#regexes.nothing;
    const zero = from === 0n ? this.digit(0, 0) : this.#regexes.nothing;
    const low = String(from === 0n ? 1n : from);
    if (to === undefined)
      return this.#regexes.or(zero, this.#sameLength(low, "9".repeat(low.length)), this.#longer(low.length));
    if (to === 0n) return zero;
    const high = String(to);
    if (low.length === high.length) return this.#regexes.or(zero, this.#sameLength(low, high));
    return this.#regexes.or(
      zero,
      this.#sameLength(low, "9".repeat(low.length)),
      this.#longer(low.length, high.length - 1),
      this.#sameLength("1".padEnd(high.length, "0"), high),
    );
  }

  /** Whole numbers of more digits than `than`, up to `most`. */
  #longer(than: number, most = Infinity): Regex {
    if (most <= than) return this.#regexes.nothing;
    return this.#regexes.concat(this.digit(1, 9), this.#regexes.repeat(this.digit(0, 9), than, most - 1));
  }

  /** Digits from `low` to `high`, which are equally long. */
  #sameLength(low: string, high: string): Regex {
    if (low === high) return this.#regexes.literal(low);
    const rest = low.length - 1;
    const any = this.#regexes.repeat(this.digit(0, 9), rest, rest);
    if (/^0*$/.test(low) && /^9*$/.test(high)) return this.#regexes.concat(this.digit(0, 9), any);
    const [first, last] = [Number(low[0]), Number(high[0])];
    const [lowRest, highRest] = [low.slice(1), high.slice(1)];
    if (first === last) return this.#regexes.concat(this.digit(first, first), this.#sameLength(lowRest, highRest));
    return this.#regexes.or(
      this.#regexes.concat(this.digit(first, first), this.#sameLength(lowRest, "9".repeat(rest))),
      this.#regexes.concat(this.digit(first + 1, last - 1), any),
      this.#regexes.concat(this.digit(last, last), this.#sameLength("0".repeat(rest), highRest)),
    );
  }

  /** What may follow the point and its digits for 0.(digits) ≥ 0.(from), or > where exclusive; with the point. */
  #fractionFrom(from: string, isExclusive: boolean): Regex {
    const more = this.#regexes.concat(this.#regexes.repeat(this.digit(0, 0), 0), this.digit(1, 9), this.#digits);
    if (from === "") return isExclusive ? this.#behindPoint(more) : this.anyFraction;
    let digits = isExclusive ? more : this.#digits;
    for (const character of Array.from(from).reverse()) {
      const digit = Number(character);
      digits = this.#regexes.or(
        this.#regexes.concat(this.digit(digit, digit), digits),
        this.#regexes.concat(this.digit(digit + 1, 9), this.#digits),
      );
    }
    return this.#behindPoint(digits);
  }

  /** The same for ≤ and <. */
  #fractionTo(to: string, isExclusive: boolean): Regex {
    if (to === "") return isExclusive ? this.#regexes.nothing : this.zeroFraction;
    let digits = isExclusive ? this.#regexes.nothing : this.#regexes.repeat(this.digit(0, 0), 0);
    Array.from(to)
      .reverse()
      .forEach((character, i) => {
        const digit = Number(character);
        // Fewer digits than the bound has are less than it.
        const rest = i === 0 ? digits : this.#regexes.optional(digits);
        digits = this.#regexes.or(
          this.#regexes.concat(this.digit(digit, digit), rest),
          this.#regexes.concat(this.digit(0, digit - 1), this.#digits),
        );
      });
    return this.#regexes.optional(this.#behindPoint(digits));
  }

  #behindPoint(digits: Regex): Regex {
    return this.#regexes.concat(this.#regexes.literal("."), digits);
  }
}
