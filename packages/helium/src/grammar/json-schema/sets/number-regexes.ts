import type { Regex, RegexArena } from "../../regex/index.ts";
import { refusal } from "../documents/refusals.ts";
import type { NumberRange, NumberSet } from "./number-sets.ts";

/** The spellings of the numbers of a set. */
export const numberRegex = (arena: RegexArena, set: NumberSet): Regex =>
  arena.or(...set.map((range) => rangeRegex(arena, range)));

function rangeRegex(arena: RegexArena, { low, high, multiples, nonMultiples }: NumberRange): Regex {
  if (low === high) return pointRegex(arena, low);
  const isUnbounded = low === -Infinity && high === Infinity && nonMultiples.length === 0;
  if (isUnbounded && multiples.length === 0) return anyNumber(arena);
  if (isUnbounded && multiples.every((divisor) => divisor === 1)) return anyInteger(arena);
  throw refusal("minimum", "#", "ranges of numbers cannot be enforced yet");
}

const anyDigits = (arena: RegexArena, least: number): Regex => arena.repeat(arena.bytes(0x30, 0x39), least);

function anyInteger(arena: RegexArena): Regex {
  const whole = arena.concat(arena.bytes(0x31, 0x39), anyDigits(arena, 0));
  return arena.concat(arena.optional(arena.literal("-")), arena.or(arena.literal("0"), whole));
}

function anyNumber(arena: RegexArena): Regex {
  const oneOf = (characters: string): Regex => arena.or(...Array.from(characters, (one) => arena.literal(one)));
  const fraction = arena.concat(arena.literal("."), anyDigits(arena, 1));
  const power = arena.concat(oneOf("eE"), arena.optional(oneOf("+-")), anyDigits(arena, 1));
  return arena.concat(anyInteger(arena), arena.optional(fraction), arena.optional(power));
}

/** A number as JavaScript writes it; a whole one also with zeros behind a point. */
function pointRegex(arena: RegexArena, value: number): Regex {
  const written = String(value);
  if (!/^-?\d+$/.test(written)) return arena.literal(written);
  const zeros = arena.concat(arena.literal("."), arena.repeat(arena.literal("0"), 1));
  return arena.concat(arena.literal(written), arena.optional(zeros));
}
