import { EvalError } from "../errors.ts";
import type { Dataset } from "./task.ts";

/** Names of the splits that a task is made of. */
export interface Splits {
  /** What is scored: test, else validation. */
  readonly documents: string;
  /** What examples come from: as the task says, else training, validation, test. */
  readonly examples: string;
}

/**
 * The splits that a task is made of, chosen as lm-evaluation-harness chooses them.
 *
 * @throws EvalError for a dataset without any
 *
 * @example
 * console.log(splitsOf(task("mmlu_virology").dataset)); // { documents: 'test', examples: 'dev' }
 */
export function splitsOf({ repo, trainingSplit, validationSplit, testSplit, fewShotSplit }: Dataset): Splits {
  const documents = testSplit ?? validationSplit;
  if (documents === undefined)
    throw new EvalError(repo, "names no test or validation split, so that nothing can be scored; name one of them", {});
  return { documents, examples: fewShotSplit ?? trainingSplit ?? validationSplit ?? documents };
}
