import type { Expression, GrammarBuilder } from "../../automaton/grammar-builder.ts";

/**
 * White space between the tokens of a JSON text, never before the first or after the last: "any" as JSON allows it, up to a
 * limit, "compact" none, "spaced" one space behind each comma and colon, as Python writes it.
 */
export type JsonWhitespace = "any" | "compact" | "spaced";

/** White space in one place, so that a text cannot go on with it for ever. */
export const MOST_WHITESPACE = 128;

/**
 * The tokens of JSON texts that are no values. White space stands behind a token, as one terminal that all places share: what
 * tokens of a vocabulary do there is then found once, and a place has one thread of it.
 */
export interface Punctuation {
  readonly openObject: Expression;
  readonly closeObject: Expression;
  readonly openArray: Expression;
  readonly closeArray: Expression;
  readonly comma: Expression;
  /** With the white space behind the key. */
  readonly colon: Expression;
  /** White space behind a value that is not the whole text. */
  readonly space: Expression;
}

export function punctuation(builder: GrammarBuilder, whitespace: JsonWhitespace): Punctuation {
  const { regexes } = builder;
  const blank = regexes.or(...[0x20, 0x09, 0x0a, 0x0d].map((byte) => regexes.bytes(byte)));
  const isAny = whitespace === "any";
  const space = builder.terminal(isAny ? regexes.repeat(blank, 0, MOST_WHITESPACE) : regexes.empty);
  const one = (text: string): Expression => builder.terminal(regexes.literal(text));
  const behind = isAny ? space : one(whitespace === "spaced" ? " " : "");
  return {
    openObject: builder.sequence(one("{"), space),
    closeObject: one("}"),
    openArray: builder.sequence(one("["), space),
    closeArray: one("]"),
    comma: builder.sequence(one(","), behind),
    colon: builder.sequence(space, one(":"), behind),
    space,
  };
}
