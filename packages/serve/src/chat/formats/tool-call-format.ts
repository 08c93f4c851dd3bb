/** One call as a JSON object, its keys in this order. */
export interface ObjectCall {
  readonly kind: "object";
  readonly nameKey: string;
  readonly argumentsKey: string;
  /** A key before the others that numbers the call; null: none. */
  readonly numberKey: string | null;
}

/** One call as its name, then something, then its arguments as a JSON object. */
export interface NamedCall {
  readonly kind: "named";
  readonly between: readonly string[];
}

/**
 * How calls stand in an answer: begin, open, call, close, separator, open, call, close, …, end. Each part is a list of literal
 * pieces; white space may differ from what a piece has, and may stand between two. Pieces may be special tokens.
 */
export interface ToolCallFormat {
  /** By its syntax. */
  readonly name: string;
  /** What a chat template of it holds: all texts of one of these lists. */
  readonly signs: readonly (readonly string[])[];
  /** What may stand once before the first call; the first is written where calls are forced. */
  readonly begins: readonly (readonly string[])[];
  readonly open: readonly string[];
  readonly call: ObjectCall | NamedCall;
  readonly close: readonly string[];
  /** Between two calls; null: there is one at most. */
  readonly separator: readonly string[] | null;
  readonly end: readonly string[];
  /** Where the template reads the tools: its variable `tools`, or as JSON text in the system message's key `tools`. */
  readonly toolsIn: "variable" | "system message";
  /** What ids of calls have to look like; null: of any form. */
  readonly idPattern: RegExp | null;
}

/** The first pieces of calls: where one stands in a text, calls begin. Empty where they may begin with the answer alone. */
export const markersOf = ({ begins, open }: ToolCallFormat): readonly string[] =>
  begins.flatMap((begin) => [...begin, ...open].map((piece) => piece.trim()).find((piece) => piece !== "") ?? []);

/** Whether calls may begin without any mark, as the first thing of an answer. */
export const isUnmarked = ({ begins, open }: ToolCallFormat): boolean =>
  begins.some((begin) => [...begin, ...open].every((piece) => piece.trim() === ""));

/** All pieces, some of which may be special tokens. */
export const piecesOf = ({ begins, open, call, close, separator, end }: ToolCallFormat): readonly string[] => [
  ...begins.flat(),
  ...open,
  ...(call.kind === "named" ? call.between : []),
  ...close,
  ...(separator ?? []),
  ...end,
];
