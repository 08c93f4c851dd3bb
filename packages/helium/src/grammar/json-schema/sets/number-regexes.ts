import type { Regex, RegexArena } from "../../regex/index.ts";
import type { NumberSet } from "./number-sets.ts";

export function numberRegex(arena: RegexArena, set: NumberSet): Regex {
  const d = arena.bytes(0x30, 0x39);
  const int = arena.concat(arena.optional(arena.literal("-")), arena.or(arena.literal("0"), arena.concat(arena.bytes(0x31, 0x39), arena.repeat(d, 0))));
  const exp = arena.concat(arena.or(arena.literal("e"), arena.literal("E")), arena.optional(arena.or(arena.literal("+"), arena.literal("-"))), arena.repeat(d, 1));
  const num = arena.concat(int, arena.optional(arena.concat(arena.literal("."), arena.repeat(d, 1))), arena.optional(exp));
  return arena.or(...set.map((r) => (r.low === r.high ? arena.literal(String(r.low)) : r.multiples.length ? int : num)));
}
