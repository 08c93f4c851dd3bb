import { GrammarError, GrammarLimitError, UnsupportedGrammarError } from "../../errors.ts";

/** The pattern as messages show it. */
const shown = (source: string): string => `pattern /${source.length > 60 ? `${source.slice(0, 59)}…` : source}/`;

export function malformedPattern(source: string, at: number, given: string, expected: string): GrammarError {
  const found = given === "" ? "the end" : JSON.stringify(given);
  return new GrammarError(
    shown(source),
    `at character ${at + 1} expected ${expected}, given ${found}; mend the pattern`,
    {
      at,
      given,
      expected,
    },
  );
}

export function unsupportedPattern(source: string, construct: string, mend: string): UnsupportedGrammarError {
  return new UnsupportedGrammarError({
    keyword: construct,
    pointer: shown(source),
    message: `has ${construct}, which cannot be enforced; ${mend}`,
  });
}

export function tooLargePattern(source: string, what: string, given: number, limit: number): GrammarLimitError {
  return new GrammarLimitError(shown(source), `has ${given} ${what}, at most ${limit} are taken; make it smaller`, {
    given,
    limit,
  });
}
