import { EvalError } from "../errors.ts";
import { codePointLength, utf8Length } from "../python/text.ts";
import type { MultipleChoiceMetric } from "../tasks/task.ts";

/** How likely the model finds each answer of a question. */
export interface MultipleChoiceOutcome {
  /** The answers, without the delimiter before them. */
  readonly choices: readonly string[];
  /** log P(answer | question) of each: the sum over its tokens. */
  readonly logprobs: readonly number[];
  /** log P(answer | the task's unconditional context) of each; `acc_mutual_info` needs them. */
  readonly unconditionalLogprobs?: readonly number[];
  /** Index of the right one; one that is out of range is never chosen. */
  readonly gold: number;
  /** What stands between question and answer; default " ". */
  readonly targetDelimiter?: string;
}

/** What a metric divides or lessens the log-probability of a choice by. */
const scoreOf: Readonly<Record<MultipleChoiceMetric, (outcome: MultipleChoiceOutcome, index: number) => number>> = {
  acc: ({ logprobs }, i) => logprobs[i] as number,
  acc_norm: ({ logprobs, choices }, i) => (logprobs[i] as number) / codePointLength(choices[i] as string),
  acc_bytes: ({ logprobs, choices }, i) => (logprobs[i] as number) / utf8Length(choices[i] as string),
  acc_char: ({ logprobs, choices, targetDelimiter = " " }, i) =>
    (logprobs[i] as number) / codePointLength(targetDelimiter + (choices[i] as string)),
  acc_mutual_info: ({ logprobs, unconditionalLogprobs = [] }, i) =>
    (logprobs[i] as number) - (unconditionalLogprobs[i] as number),
};

/**
 * What each choice scores; the highest is the model's answer. Of choice c with the log-probability ℓ:
 *
 *     acc              ℓ
 *     acc_norm         ℓ / code points of c
 *     acc_bytes        ℓ / bytes of c in UTF-8
 *     acc_char         ℓ / code points of delimiter + c
 *     acc_mutual_info  ℓ − ℓ behind the unconditional context
 *
 * Sources: lm-evaluation-harness for all but `acc_char`, which is the `character` normalisation of OLMES (Gu et al. 2024).
 *
 * @throws EvalError where there is not one log-probability for each choice
 */
export function choiceScores(metric: MultipleChoiceMetric, outcome: MultipleChoiceOutcome): number[] {
  const { choices, logprobs, unconditionalLogprobs } = outcome;
  const n = choices.length;
  const lists = { logprobs, ...(metric === "acc_mutual_info" && { unconditionalLogprobs }) };
  for (const [name, list] of Object.entries(lists))
    if (list?.length !== n)
      throw new EvalError(metric, `has ${n} choices and ${list?.length ?? "no"} ${name}; give one for each choice`, {
        given: list?.length,
        expected: n,
      });
  return choices.map((_, index) => scoreOf[metric](outcome, index));
}

/**
 * The index of the choice that scores highest, the first one of several. As in NumPy, NaN (an impossible answer without
 * characters) counts as the highest.
 *
 * @example
 * const outcome = { choices: ["no", "certainly"], logprobs: [-4, -6], gold: 1 };
 * console.log([chosen("acc", outcome), chosen("acc_norm", outcome)]); // [ 0, 1 ]
 */
export const chosen = (metric: MultipleChoiceMetric, outcome: MultipleChoiceOutcome): number =>
  argmax(choiceScores(metric, outcome));

/** 1 where the model's answer is the right one, else 0. */
export const isRight = (metric: MultipleChoiceMetric, outcome: MultipleChoiceOutcome): 0 | 1 =>
  chosen(metric, outcome) === outcome.gold ? 1 : 0;

function argmax(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    const [value, highest] = [values[i] as number, values[best] as number];
    if (value > highest || (Number.isNaN(value) && !Number.isNaN(highest))) best = i;
  }
  return best;
}
