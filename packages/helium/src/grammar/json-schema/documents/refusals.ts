import { GrammarLimitError, UnsupportedGrammarError } from "../../../errors.ts";

/** Says where a schema stands, such as `#/properties/a`; made only when something is refused. */
export interface Place {
  pointer(): string;
}

const escaped = (token: string): string => token.replaceAll("~", "~0").replaceAll("/", "~1");

/** A step of a JSON pointer. */
export const pointerStep = (token: string | number): string => `/${escaped(String(token))}`;

/** The error of a keyword that cannot be enforced exactly. */
export function refusal(keyword: string, place: Place | string, message: string): UnsupportedGrammarError {
  const pointer = typeof place === "string" ? place : place.pointer();
  return new UnsupportedGrammarError({ keyword, pointer, message });
}

/** The error of a schema that is too much work; `what` completes "more than 4,096 …". */
export const tooMuch = (limit: number, what: string): GrammarLimitError =>
  new GrammarLimitError("json", `more than ${limit} ${what}; simplify the schema`, { limit });
