import { inTableUnits } from "./figures.ts";
import type { CardCandidate, CardRow } from "./results.ts";

/** A row of the card in numbers of 100. */
export interface CardComparison {
  readonly value: number;
  readonly stderr: number | null;
  readonly cardValue: number | null;
  readonly difference: number | null;
  /** Whether the difference is within two standard errors, as chance alone gives nearly always; null where that is unknown. */
  readonly isReproduced: boolean | null;
}

/** The candidate that stands for a benchmark. */
export function chosenCandidate({ candidates, chosen }: CardRow): CardCandidate {
  const candidate = candidates[chosen] ?? candidates[0];
  if (candidate === undefined) throw new RangeError("a row of the card has at least one candidate");
  return candidate;
}

export function cardComparison(row: CardRow): CardComparison {
  const { cardValue, difference } = row;
  return compared({ ...inTableUnits(chosenCandidate(row).metric), cardValue, difference });
}

/** The plain mean of some rows, as the card's last column has it; null for fewer than two, or where the card has no value of one. */
export function meanComparison(rows: readonly CardRow[]): CardComparison | null {
  const figures = rows.map(cardComparison);
  if (figures.length < 2) return null;
  const mean = (values: readonly (number | null)[]): number | null =>
    values.includes(null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
  const value = mean(figures.map((row) => row.value)) ?? NaN;
  const cardValue = mean(figures.map((row) => row.cardValue));
  const variance = mean(figures.map(({ stderr }) => stderr && stderr ** 2));
  return compared({
    value,
    stderr: variance === null ? null : Math.sqrt(variance / figures.length),
    cardValue,
    difference: cardValue === null ? null : value - cardValue,
  });
}

const compared = (figures: Omit<CardComparison, "isReproduced">): CardComparison => ({
  ...figures,
  isReproduced:
    figures.difference === null || figures.stderr === null ? null : Math.abs(figures.difference) <= 2 * figures.stderr,
});
