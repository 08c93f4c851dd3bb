import { EvalError } from "../errors.ts";

/**
 * Σ x / n
 *
 * @example
 * console.log(mean([1, 2, 6])); // 3
 */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * √( Σ (x − x̄)² / (n − 1) ); NaN for fewer than two values.
 *
 * @example
 * console.log(sampleDeviation([1, 3])); // 1.4142135623730951
 */
export function sampleDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

/**
 * How far a mean may be off: the standard deviation of the values over √n; null for fewer than two, which tell nothing of it.
 *
 * @example
 * console.log(standardErrorOfMean([1, 0, 1, 1, 0])?.toFixed(4)); // 0.2449
 */
export const standardErrorOfMean = (values: readonly number[]): number | null =>
  values.length < 2 ? null : sampleDeviation(values) / Math.sqrt(values.length);

/** The score of one task of a group. */
export interface TaskScore {
  readonly score: number;
  /** null where there is none. */
  readonly standardError: number | null;
  /** How many documents it is a score of. */
  readonly count: number;
}

/**
 * The score of a group of tasks: with `weightBySize` the mean over all documents (micro average, Σ m·n / Σ n), else that over tasks
 * (macro average). Its standard error is pooled from those of the tasks,
 *
 *     √( [Σ (nᵢ − 1)·sᵢ²·nᵢ / (Σ nᵢ − k)] / Σ nᵢ )
 *
 * and null where one of them has none. The harness states that of the micro average beside the macro average too.
 *
 * Source: lm-evaluation-harness.
 *
 * @throws EvalError for no tasks
 *
 * @example
 * const tasks = [{ score: 0.5, standardError: 0.03, count: 100 }, { score: 0.6, standardError: 0.05, count: 50 }];
 * console.log(groupScore(tasks, { weightBySize: true }).score.toFixed(3)); // 0.533
 */
export function groupScore(
  tasks: readonly TaskScore[],
  { weightBySize }: { readonly weightBySize: boolean },
): TaskScore {
  if (tasks.length === 0) throw new EvalError("groupScore", "of no tasks; give at least one", { given: 0 });
  const total = (of: (task: TaskScore) => number): number => tasks.reduce((sum, task) => sum + of(task), 0);
  const weight = ({ count }: TaskScore): number => (weightBySize ? count : 1);
  const count = total((task) => task.count);
  return {
    score: total((task) => task.score * weight(task)) / total(weight),
    standardError: pooled(tasks, count),
    count,
  };
}

function pooled(tasks: readonly TaskScore[], count: number): number | null {
  let sum = 0;
  for (const { standardError, count: n } of tasks) {
    if (standardError === null) return null;
    sum += (n - 1) * standardError ** 2 * n;
  }
  return Math.sqrt(sum / (count - tasks.length) / count);
}
