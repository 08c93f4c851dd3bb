import type { ResolvedGeneration } from "../resolve.ts";
import type { StoppingCriterion } from "./criterion.ts";
import { eos } from "./eos.ts";
import { maxLength } from "./max-length.ts";
import { maxTime } from "./max-time.ts";
import { stopStrings } from "./stop-strings.ts";

/** A criterion, or null where the settings ask for none. */
type Maker = (settings: ResolvedGeneration) => StoppingCriterion | null;

/** The built-in criteria, in transformers' order. */
const builtIn = {
  maxLength: (s) => maxLength(s.maxLength, s.maxPositionEmbeddings, s.warn),
  maxTime: (s) => (s.maxTime === null ? null : maxTime(s.maxTime)),
  stopStrings: (s) => s.stopStrings && stopStrings(s.stopStrings.strings, s.stopStrings.tokenizer),
  eosTokenId: (s) => (s.eosTokenIds.size > 0 ? eos(s.eosTokenIds) : null),
} satisfies Record<string, Maker>;

/** Names of the built-in criteria: a criterion of the caller's own with one of these takes its place. */
export type StoppingCriterionName = keyof typeof builtIn;

/** Criteria that end the generation, not the text of a row. */
const limits: ReadonlySet<string> = new Set<StoppingCriterionName>(["maxLength", "maxTime"]);

/** The criteria of a call: the built-in ones in transformers' order, then the caller's own. A row ends with any of them. */
export function stoppingCriteria(settings: ResolvedGeneration): StoppingCriterion[] {
  const own = settings.stoppingCriteria;
  const made = Object.entries<Maker>(builtIn).flatMap(
    ([name, make]) => own.find((criterion) => criterion.name === name) ?? make(settings) ?? [],
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
