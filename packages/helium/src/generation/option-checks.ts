import { listOf, describeValue } from "../given-values.ts";
import { GenerationError } from "../errors.ts";

/** @throws GenerationError saying what was given and what was expected */
export function refuse(name: string, given: unknown, expected: string): never {
  throw new GenerationError(name, `is ${describeValue(given)}; expected ${expected}`, { given, expected });
}

/** As `refuse`, for names, which are shown without quotes. */
export function refuseName(name: string, given: unknown, expected: string): never {
  throw new GenerationError(name, `is ${describeValue(given).replaceAll('"', "")}; expected ${expected}`, {
    given,
    expected,
  });
}

/** @returns what was given @throws GenerationError unless it is an object and no list */
export function objectOf<T extends object>(name: string, given: T): T {
  return typeof given === "object" && given !== null && listOf(given) === null
    ? given
    : refuse(name, given, "an object");
}

/** @returns the value @throws GenerationError when `accepts` says no */
export function checked(name: string, value: unknown, expected: string, accepts: (value: number) => boolean): number {
  return typeof value === "number" && accepts(value) ? value : refuse(name, value, expected);
}

export const isPositiveInteger = (n: number): boolean => Number.isInteger(n) && n > 0;

export const isNatural = (n: number): boolean => Number.isInteger(n) && n >= 0;

/** A token or a list of them as a list. @throws GenerationError for what is not a token */
export function tokenList(
  given: unknown,
  name: string,
  { vocabSize }: { readonly vocabSize: number },
): readonly number[] {
  const tokens = typeof given === "number" ? [given] : (listOf(given) ?? refuse(name, given, "a list of token ids"));
  checkTokenIds(name, tokens, vocabSize);
  return tokens as readonly number[];
}

/** @throws GenerationError unless every id is a token of the vocabulary */
export function checkTokenIds(name: string, ids: readonly unknown[], vocabSize: number): void {
  const bad = ids.findIndex((id) => typeof id !== "number" || !isNatural(id) || id >= vocabSize);
  if (bad >= 0)
    throw new GenerationError(name, `token ${describeValue(ids[bad])} is outside the vocabulary [0, ${vocabSize})`, {
      given: ids[bad],
      vocabSize,
    });
}
