import { listOf } from "../../given-values.ts";
import { checkTokenIds } from "../option-checks.ts";
import { GenerationError } from "../../errors.ts";
import type { CheckContext, ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export type SequenceBias = readonly (readonly [readonly number[], number])[];

export interface SequenceBiasOption {
  /** Pairs of a token sequence and what is added to the logit of its last token where the others precede it. */
  readonly sequenceBias?: SequenceBias | null;
}

export const sequenceBiasDefinition: ProcessorDefinition<SequenceBiasOption, SequenceBias | null> = {
  option: "sequenceBias",
  default: null,
  check: checkSequenceBias,
  make: sequenceBias,
};

export interface BadWordsIdsOption {
  /** Token sequences that never occur. */
  readonly badWordsIds?: readonly (readonly number[])[] | null;
}

export const badWordsDefinition: ProcessorDefinition<BadWordsIdsOption, readonly (readonly number[])[] | null> = {
  option: "badWordsIds",
  default: null,
  check: checkBadWords,
  make: (words, { eosTokenIds }) => badWords(words, eosTokenIds),
};

/**
 * Adds a number to the score of a sequence's last token wherever the tokens before it are the end of the row. Of two
 * entries for one sequence the later counts; those that share only the last token add up.
 */
export function sequenceBias(biases: SequenceBias): LogitsProcessor {
  return biasing("sequenceBias", biases);
}

/**
 * Token sequences that never occur; one that is exactly one eos is ignored, since only `minLength` may forbid to end.
 */
export function badWords(words: readonly (readonly number[])[], eosTokenIds: ReadonlySet<number>): LogitsProcessor {
  const allowed = words.filter(([first, ...rest]) => rest.length > 0 || first === undefined || !eosTokenIds.has(first));
  return biasing(
    "badWordsIds",
    allowed.map((word) => [word, -Infinity]),
  );
}

function biasing(name: string, biases: SequenceBias): LogitsProcessor {
  const entries = [...new Map(biases.map((entry) => [entry[0].join(), entry])).values()];
  return perRow(name, (scores, ids) => {
    for (const [sequence, bias] of entries) {
      const last = sequence.at(-1);
      if (last === undefined || sequence.length - 1 > ids.length) continue;
      const start = ids.length - (sequence.length - 1);
      if (sequence.every((token, i) => i === sequence.length - 1 || ids[start + i] === token))
        scores[last] = (scores[last] ?? 0) + bias;
    }
  });
}

/** @throws GenerationError for an empty list, an empty sequence, a bias that is not a number and unknown tokens */
function checkSequenceBias(given: unknown, name: string, { vocabSize }: CheckContext): SequenceBias {
  const isPair = (pair: unknown): boolean => {
    const [sequence, bias] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return !!listOf(sequence)?.length && typeof bias === "number" && !Number.isNaN(bias);
  };
  if (!Array.isArray(given) || given.length === 0 || !given.every(isPair))
    throw new GenerationError(name, "expected a non-empty list of [token ids, bias]", { given });
  const pairs = given as SequenceBias;
  for (const [sequence] of pairs) checkTokenIds(name, sequence, vocabSize);
  return pairs;
}

/** @throws GenerationError for an empty list and unknown tokens */
function checkBadWords(given: unknown, name: string, { vocabSize }: CheckContext): readonly (readonly number[])[] {
  if (!Array.isArray(given) || given.length === 0 || !given.every((word) => listOf(word) !== null))
    throw new GenerationError(
      name,
      "expected a non-empty list of lists of token ids; to forbid nothing, leave it out",
      {
        given,
      },
    );
  for (const word of given as readonly number[][]) checkTokenIds(name, word, vocabSize);
  return given as readonly number[][];
}
