import { UnsupportedGrammarError } from "../../../errors.ts";
import type { ByteAutomaton, Regex, RegexArena } from "../../regex/index.ts";
import type { Decimal } from "./decimal.ts";
import type { PlainDecimals } from "./plain-decimals.ts";
import type { ScientificDecimals } from "./scientific-decimals.ts";

/** Remainders that are kept apart, beyond which a divisor is refused. */
const mostRemainders = 10_000;

/** Digits behind the point of a mantissa; 17 digits are enough to tell all doubles apart. */
const mantissaPlaces = 16;
const largestExponent = 307;

/** A divisor as `units` · 10^−places: 2.5 is 25 and 1. */
interface Divisor {
  readonly units: bigint;
  readonly places: number;
}

export function divisorOf({ digits, exponent }: Decimal): Divisor {
  const places = Math.max(0, digits.length - 1 - exponent);
  return { units: BigInt(digits.padEnd(exponent + 1 + places, "0")), places };
}

/** The divisor of the whole numbers that are multiples: 2.5 divides those that 5 divides. */
export function wholeDivisorOf({ units, places }: Divisor): Divisor {
  return { units: units / greatestCommonDivisor(units, 10n ** BigInt(places)), places: 0 };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/**
 * Numbers without sign that a divisor divides, in plain notation; where powers of ten become multiples (divisors such as 10,
 * 0.25 or 0.001), in scientific notation too.
 *
 * @throws UnsupportedGrammarError for divisors of more than 10,000 remainders
 */
export function multiplesOf(
  regexes: RegexArena,
  plain: PlainDecimals,
  scientific: ScientificDecimals,
  divisor: Divisor,
): Regex {
  return regexes.or(plainMultiples(regexes, plain, divisor), ...scientificMultiples(scientific, divisor));
}

function plainMultiples(regexes: RegexArena, plain: PlainDecimals, { units, places }: Divisor): Regex {
  const zero = plain.digit(0, 0);
  const power = /^10*$/.exec(String(units)) === null ? -1 : String(units).length - 1;
  if (power >= 0 && places === 0) {
    const whole = regexes.concat(
      plain.digit(1, 9),
      regexes.repeat(plain.digit(0, 9), 0),
      regexes.repeat(zero, power, power),
    );
    const small = power === 0 ? plain.anyWhole : regexes.or(zero, whole);
    return regexes.concat(small, plain.zeroFraction);
  }
  if (power === 0) {
    const digits = regexes.concat(regexes.repeat(plain.digit(0, 9), 1, places), regexes.repeat(zero, 0));
    return regexes.concat(plain.anyWhole, regexes.optional(regexes.concat(regexes.literal("."), digits)));
  }
  if (units > BigInt(mostRemainders)) {
    throw new UnsupportedGrammarError({
      keyword: "multipleOf",
      pointer: "multipleOf",
      message: `divides by ${units} units of the last place, at most ${mostRemainders} are taken; choose a divisor with fewer digits`,
    });
  }
  return regexes.automaton(remaindersOf(regexes, plain, Number(units), places), 0);
}

const made = new WeakMap<RegexArena, Map<string, Remainders>>();

/** The same automaton for the same divisor, so that its states are the same too. */
function remaindersOf(regexes: RegexArena, plain: PlainDecimals, modulus: number, places: number): Remainders {
  const known = made.get(regexes) ?? new Map<string, Remainders>();
  made.set(regexes, known);
  const key = `${modulus},${places}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const digits = Array.from({ length: 10 }, (_, digit) => plain.digit(digit, digit));
  const remainders = new Remainders([...digits, regexes.literal(".")], modulus, places);
  known.set(key, remainders);
  return remainders;
}

function scientificMultiples(scientific: ScientificDecimals, { units, places }: Divisor): Regex[] {
  // The least number of zeros behind a whole number that make it a multiple.
  let zeros = 0;
  while (zeros < 40 && 10n ** BigInt(places + zeros) % units !== 0n) zeros++;
  if (zeros === 40) return [];
  const result = [scientific.withPlaces(mantissaPlaces, mantissaPlaces + zeros, largestExponent)];
  if (units !== 1n) return result;
  for (let exponent = -1; exponent >= -Math.min(places, 324); exponent--) {
    result.push(scientific.withPlaces(Math.min(mantissaPlaces, places + exponent), exponent, exponent));
  }
  return result;
}

const dot = 0x2e;

/**
 * Reads digits and keeps the remainder of what they are in units of the last place. States are phase · modulus + remainder:
 * phase 0 before the first digit, 1 behind a leading 0, 2 among the digits before the point, 3 + n behind n digits after it.
 */
class Remainders implements ByteAutomaton {
  readonly isTrim = true;
  readonly #told: readonly Regex[];
  readonly #modulus: number;
  readonly #places: number;

  constructor(told: readonly Regex[], modulus: number, places: number) {
    this.#told = told;
    this.#modulus = modulus;
    this.#places = places;
  }

  alternatives(): readonly Regex[] {
    return this.#told;
  }

  step(state: number, byte: number): number {
    const phase = Math.floor(state / this.#modulus);
    const remainder = state % this.#modulus;
    if (byte === dot) {
      const follows = (phase === 1 || phase === 2) && this.#canEnd(remainder, this.#places);
      return follows ? 3 * this.#modulus + remainder : -1;
    }
    const digit = byte - 0x30;
    if (digit < 0 || digit > 9 || phase === 1) return -1;
    const next = (remainder * 10 + digit) % this.#modulus;
    if (phase === 0) return (digit === 0 ? 1 : 2) * this.#modulus + next;
    if (phase === 2) return 2 * this.#modulus + next;
    const missing = this.#places - (phase - 3) - 1;
    if (missing >= 0) return this.#canEnd(next, missing) ? (phase + 1) * this.#modulus + next : -1;
    // Only zeros may follow the last place.
    return digit === 0 && remainder === 0 ? (4 + this.#places) * this.#modulus : -1;
  }

  /** Whether so many more digits can make the remainder 0: one of the next 10^places numbers is a multiple. */
  #canEnd(remainder: number, places: number): boolean {
    const size = 10 ** places;
    if (size >= this.#modulus) return true;
    const left = (remainder * size) % this.#modulus;
    return left === 0 || this.#modulus - left < size;
  }

  accepts(state: number): boolean {
    const phase = Math.floor(state / this.#modulus);
    if (phase === 0 || phase === 3) return false;
    // The places that are not written are zeros.
    const missing = phase <= 2 ? this.#places : Math.max(0, this.#places - (phase - 3));
    let remainder = state % this.#modulus;
    for (let i = 0; i < missing; i++) remainder = (remainder * 10) % this.#modulus;
    return remainder === 0;
  }
}
