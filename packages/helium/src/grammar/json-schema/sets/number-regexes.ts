import { integerRange, numberRange } from "../../pattern/index.ts";
import type { Regex, RegexArena } from "../../regex/index.ts";
import type { NumberRange, NumberSet } from "./number-sets.ts";

/** The spellings of the numbers of a set. */
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
  const bounds = {
    ...(low === -Infinity ? {} : lowOpen ? { exclusiveMinimum: low } : { minimum: low }),
    ...(high === Infinity ? {} : highOpen ? { exclusiveMaximum: high } : { maximum: high }),
  };
  const range = multiples.some(Number.isInteger) ? integerRange : numberRange;
  const others = multiples.filter((divisor) => divisor !== 1);
  const [first, ...more] = others;
  const inside = range(arena, first === undefined ? bounds : { ...bounds, multipleOf: first });
  const parts = [inside, ...more.map((divisor) => numberRange(arena, { multipleOf: divisor }))];
  if (nonMultiples.length > 0) parts.push(withoutExponent(arena));
  return arena.and(...parts, ...nonMultiples.map((divisor) => arena.not(numberRange(arena, { multipleOf: divisor }))));
}

/** Multiples are known in plain notation alone, so that numbers that are none are written in it. */
const withoutExponent = (arena: RegexArena): Regex =>
  arena.repeat(arena.or(arena.bytes(0x30, 0x39), arena.literal("-"), arena.literal(".")), 1);
