import type { Regex, RegexArena } from "../../regex/index.ts";

/**
 * White space between the tokens of a JSON text, never before the first or after the last: "any" as JSON allows it, up to a
 * limit, "compact" none, "spaced" one space behind each comma and colon, as Python writes it.
 */
export type JsonWhitespace = "any" | "compact" | "spaced";

/** White space in one place, so that a text cannot go on with it for ever. */
export const MOST_WHITESPACE = 128;

/** The tokens of JSON texts that are no values, with the white space around them. */
export interface Punctuation {
  readonly openObject: Regex;
  readonly closeObject: Regex;
  readonly openArray: Regex;
  readonly closeArray: Regex;
  readonly comma: Regex;
  readonly colon: Regex;
  /** What closes an object and an array in which nothing is. */
  readonly closeEmptyObject: Regex;
  readonly closeEmptyArray: Regex;
}

export function punctuation(arena: RegexArena, whitespace: JsonWhitespace): Punctuation {
  const isAny = whitespace === "any";
  const blank = arena.or(...[0x20, 0x09, 0x0a, 0x0d].map((byte) => arena.bytes(byte)));
  const space = isAny ? arena.repeat(blank, 0, MOST_WHITESPACE) : arena.empty;
  const behind = isAny ? space : arena.literal(whitespace === "spaced" ? " " : "");
  return {
    openObject: arena.concat(arena.literal("{"), space),
    closeObject: arena.concat(space, arena.literal("}")),
    openArray: arena.concat(arena.literal("["), space),
    closeArray: arena.concat(space, arena.literal("]")),
    comma: arena.concat(space, arena.literal(","), behind),
    colon: arena.concat(space, arena.literal(":"), behind),
    closeEmptyObject: arena.literal("}"),
    closeEmptyArray: arena.literal("]"),
  };
}
