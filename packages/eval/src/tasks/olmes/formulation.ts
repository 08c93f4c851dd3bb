import { letters } from "../choice-label.ts";
import { lettered } from "../question.ts";
import type { MultipleChoiceMetric, MultipleChoiceTask } from "../task.ts";

/**
 * A benchmark in the two forms of OLMES (Gu et al., 2024): as a multiple-choice question that is answered by a letter (MCF), and
 * as a cloze that each choice completes (CF). A model's score is the better of the two.
 */
export interface Formulations<Doc> extends Pick<
  MultipleChoiceTask<Doc>,
  "dataset" | "read" | "subset" | "fewShotExamples" | "fewShotSampler"
> {
  /** What stands before the lettered choices. */
  readonly stem: (doc: Doc) => string;
  /** What a choice completes. Where it differs by choice, the completion is the same for all. */
  readonly cloze: (doc: Doc) => string | readonly string[];
  readonly choices: (doc: Doc) => readonly string[];
  /** Where the cloze differs by choice: what follows. */
  readonly rest?: (doc: Doc) => string;
  /** An answered cloze, where it is not the cloze, a space and the right choice. */
  readonly answered?: (doc: Doc) => string;
  readonly gold: (doc: Doc) => number;
  /** How likelihoods of completions are made comparable. */
  readonly normalization: "pmi" | "character" | "none";
  /** Stands before the examples of letters. */
  readonly description?: (doc: Doc) => string;
}

/** The metric by which the cloze form counts. */
export const clozeMetric: Readonly<Record<Formulations<never>["normalization"], MultipleChoiceMetric>> = {
  pmi: "acc_mutual_info",
  character: "acc_char",
  none: "acc",
};

/** Answered by a letter; a space stands before each letter, in the choices as in the answer, so that it is the same token. */
export function letterForm<Doc>(name: string, formulations: Formulations<Doc>): MultipleChoiceTask<Doc> {
  const {
    stem,
    choices,
    cloze: _cloze,
    rest: _rest,
    answered: _answered,
    normalization: _normalization,
    ...shared
  } = formulations;
  return {
    ...shared,
    name,
    kind: "multiple_choice",
    context: (doc) => {
      const given = choices(doc);
      return `${stem(doc)}${lettered(given, letters(given.length), "\n ")}\nAnswer:`;
    },
    choices: (doc) => letters(choices(doc).length),
    metrics: ["acc"],
    version: 1,
  };
}

/** Completed by each choice. */
export function clozeForm<Doc>(name: string, formulations: Formulations<Doc>): MultipleChoiceTask<Doc> {
  const { stem: _stem, cloze, rest, answered, description: _description, normalization, ...shared } = formulations;
  const isUnconditional = normalization === "pmi";
  return {
    ...shared,
    name,
    kind: "multiple_choice",
    context: cloze,
    ...(answered === undefined ? {} : { example: answered }),
    choices: rest === undefined ? formulations.choices : (doc) => [rest(doc)],
    metrics:
      rest !== undefined ? ["acc"] : ["acc", "acc_char", ...(isUnconditional ? (["acc_mutual_info"] as const) : [])],
    ...(isUnconditional ? { unconditionalContext: "Answer:" } : {}),
    version: 1,
  };
}
