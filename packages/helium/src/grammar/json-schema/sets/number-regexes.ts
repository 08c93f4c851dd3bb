import { integerRange, numberRange } from "../../pattern/index.ts";
import type { Regex, RegexArena } from "../../regex/index.ts";
import type { NumberRange, NumberSet } from "./number-sets.ts";

/**
 * The spellings of the numbers of a set, without those that only go on: integers have no zeros behind a point, a number that is
 * the only one of its range is spelled as JSON.stringify does, and the others have as many digits as tell all numbers apart.
 */
export const numberRegex = (arena: RegexArena, set: NumberSet): Regex =>
  arena.or(...set.map((range) => rangeRegex(arena, range)));

/** Ranges by what they are, since most numbers of a schema have none. */
const known = new WeakMap<RegexArena, Map<string, Regex>>();

function rangeRegex(arena: RegexArena, range: NumberRange): Regex {
  const ofArena = known.get(arena) ?? new Map<string, Regex>();
  known.set(arena, ofArena);
  const { low, lowOpen, high, highOpen, multiples, nonMultiples } = range;
  const key = [low, lowOpen, high, highOpen, multiples, nonMultiples].join(";");
  const made = ofArena.get(key) ?? makeRange(arena, range);
  ofArena.set(key, made);
  return made;
}

function makeRange(arena: RegexArena, { low, lowOpen, high, highOpen, ...divisors }: NumberRange): Regex {
  const { multiples, nonMultiples } = divisors;
  const isInteger = multiples.some(Number.isInteger);
  const spelled = low === high ? arena.literal(JSON.stringify(low)) : isInteger ? integers(arena) : decimals(arena);
  const bounds = {
    ...(low === -Infinity ? {} : lowOpen ? { exclusiveMinimum: low } : { minimum: low }),
    ...(high === Infinity ? {} : highOpen ? { exclusiveMaximum: high } : { maximum: high }),
  };
  const range = isInteger ? integerRange : numberRange;
  const others = multiples.filter((divisor) => divisor !== 1);
  const [first, ...more] = others;
  const inside = range(arena, first === undefined ? bounds : { ...bounds, multipleOf: first });
  const parts = [spelled, inside, ...more.map((divisor) => numberRange(arena, { multipleOf: divisor }))];
  if (nonMultiples.length > 0) parts.push(noMultiples(arena, nonMultiples));
  return arena.and(...parts);
}

/**
 * Multiples are known in plain notation alone, so that numbers that are none are written in it, or with an exponent that makes
 * them less than all divisors: 1.5e-7.
 */
function noMultiples(arena: RegexArena, divisors: readonly number[]): Regex {
  const digit = arena.bytes(0x30, 0x39);
  const plain = arena.repeat(arena.or(digit, arena.literal("-"), arena.literal(".")), 1);
  const others = divisors.map((divisor) => arena.not(numberRange(arena, { multipleOf: divisor })));
  // 9.99…e−k < 10^(1 − k)
  const least = Math.max(1, ...divisors.map((divisor) => 1 - Math.floor(Math.log10(divisor))));
  const zeros = arena.repeat(arena.literal("0"), 0, 2);
  const power = arena.or(
    least > 9 ? arena.nothing : arena.bytes(0x30 + least, 0x39),
    arena.concat(arena.bytes(0x31, 0x39), arena.repeat(digit, least > 9 ? 2 : 1, 2)),
  );
  const fraction = arena.optional(arena.concat(arena.literal("."), arena.repeat(digit, 1)));
  const mantissa = arena.concat(arena.optional(arena.literal("-")), arena.bytes(0x31, 0x39), fraction);
  const small = arena.concat(mantissa, arena.or(arena.literal("e-"), arena.literal("E-")), zeros, power);
  return arena.or(arena.and(plain, ...others), least > 99 ? arena.nothing : small);
}

/** Digits before a point, and behind it: JSON.stringify and Python's json write no more. */
const MOST_DIGITS = 25;

const digits = (arena: RegexArena, min: number, max: number): Regex => arena.repeat(arena.bytes(0x30, 0x39), min, max);

const exponent = (arena: RegexArena): Regex =>
  arena.concat(
    arena.or(arena.literal("e"), arena.literal("E")),
    arena.optional(arena.or(arena.literal("+"), arena.literal("-"))),
    digits(arena, 1, 3),
  );

/** `-12.5e3` */
function decimals(arena: RegexArena): Regex {
  const fraction = arena.concat(arena.literal("."), digits(arena, 1, MOST_DIGITS));
  const parts = [digits(arena, 1, MOST_DIGITS), arena.optional(fraction), arena.optional(exponent(arena))];
  return arena.concat(arena.optional(arena.literal("-")), ...parts);
}

/** `-12`, and where they are so large that they are written so, `1.5e+21` */
function integers(arena: RegexArena): Regex {
  const fraction = arena.concat(arena.literal("."), digits(arena, 1, MOST_DIGITS));
  const large = arena.concat(digits(arena, 1, 1), arena.optional(fraction), exponent(arena));
  return arena.concat(arena.optional(arena.literal("-")), arena.or(digits(arena, 1, MOST_DIGITS), large));
}
