import type { StoppingCriterion, StoppingDefinition, StoppingSettings } from "./criterion.ts";
import { builtIn } from "./index.ts";

/** Criteria that end the generation, not the text of a row. */
const limits: ReadonlySet<string> = new Set(
  builtIn.filter(({ isLimit }: StoppingDefinition) => isLimit).map(({ option }) => option),
);

/** The criteria of a call: the built-in ones in transformers' order, then the caller's own. A row ends with any of them. */
export function stoppingCriteria(
  settings: StoppingSettings & { readonly stoppingCriteria: readonly StoppingCriterion[] },
): StoppingCriterion[] {
  const own = settings.stoppingCriteria;
  const made = builtIn.flatMap(
    ({ option, make }) => own.find((criterion) => criterion.name === option) ?? make(settings) ?? [],
  );
  return [...made, ...own.filter((criterion) => !made.includes(criterion))];
}

/** Name of the criterion that ends each row, null where none does; what ends the text goes before the limits. */
export function endedBy(
  criteria: readonly StoppingCriterion[],
  rows: readonly (readonly number[])[],
): (string | null)[] {
  const met = criteria.map((criterion) => ({ name: criterion.name, rows: criterion.isMet(rows) }));
  const ordered = textFirst(met);
  return rows.map((_, row) => ordered.find((criterion) => criterion.rows[row])?.name ?? null);
}

/** The same of one row by itself, for criteria that look at each row alone. */
export function rowEndedBy(criteria: readonly StoppingCriterion[], ids: readonly number[], row: number): string | null {
  const met = criteria.filter((criterion) => criterion.isRowMet?.(ids, row));
  return textFirst(met)[0]?.name ?? null;
}

/** What ends the text before what ends the generation. */
function textFirst<T extends { readonly name: string }>(criteria: readonly T[]): readonly T[] {
  return [...criteria.filter(({ name }) => !limits.has(name)), ...criteria.filter(({ name }) => limits.has(name))];
}

/** Whether the row's text is finished, and not only its time or room. */
export function isFinished(name: string | null | undefined): boolean {
  return name !== null && name !== undefined && !limits.has(name);
}
