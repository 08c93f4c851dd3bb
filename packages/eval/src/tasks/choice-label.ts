import type { Reading } from "../data/reading.ts";
import { DataError } from "../errors.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** "A", "B", … for the choices of a question. */
export function letters(count: number): readonly string[] {
  return alphabet.slice(0, count).split("");
}

/**
 * Where the right choice stands among its labels.
 *
 * @throws DataError where no choice has the label of the answer
 */
export function indexOfLabel(row: Reading, column: string, labels: readonly string[], answer: string): number {
  const index = labels.indexOf(answer);
  if (index >= 0) return index;
  throw new DataError(
    row.place,
    `column "${column}" must name one of the choices ${labels.map((label) => `"${label}"`).join(", ")}, given "${answer}"; correct the row, or leave it out (a split without answers cannot be scored)`,
    { column, expected: labels, given: answer },
  );
}

/** A right choice that is given as a number, counted from `first`. @throws DataError where there is no such choice */
export function indexOfNumber(row: Reading, column: string, count: number, first: number): number {
  const index = row.integer(column) - first;
  if (index >= 0 && index < count) return index;
  throw new DataError(
    row.place,
    `column "${column}" must be a number from ${first} to ${first + count - 1}, given ${index + first}; correct the row, or leave it out (a split without answers cannot be scored)`,
    { column, expected: [first, first + count - 1], given: index + first },
  );
}
