import { GenerationError } from "./errors.ts";

/** @returns the value @throws GenerationError when `accepts` says no */
export function checked(name: string, value: number, expected: string, accepts: (value: number) => boolean): number {
  if (typeof value !== "number" || !accepts(value))
    throw new GenerationError(name, `is ${String(value)}; expected ${expected}`, { given: value, expected });
  return value;
}

export const isPositiveInteger = (n: number): boolean => Number.isInteger(n) && n > 0;

export const isNatural = (n: number): boolean => Number.isInteger(n) && n >= 0;

/** @throws GenerationError unless every id is a token of the vocabulary */
export function checkTokenIds(name: string, ids: readonly number[], vocabSize: number): void {
  const bad = ids.find((id) => !isNatural(id) || id >= vocabSize);
  if (bad !== undefined)
    throw new GenerationError(name, `token ${bad} is outside the vocabulary [0, ${vocabSize})`, {
      given: bad,
      vocabSize,
    });
}
