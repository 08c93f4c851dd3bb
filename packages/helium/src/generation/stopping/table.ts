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
  const [first, last] = [met.filter(({ name }) => !limits.has(name)), met.filter(({ name }) => limits.has(name))];
  return rows.map((_, row) => [...first, ...last].find((criterion) => criterion.rows[row])?.name ?? null);
}

/** Whether the row's text is finished, and not only its time or room. */
export function isFinished(name: string | null | undefined): boolean {
  return name !== null && name !== undefined && !limits.has(name);
}
