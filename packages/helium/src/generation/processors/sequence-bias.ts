import { GenerationError } from "../errors.ts";
import { listOf } from "../../list-of.ts";
import { checkTokenIds } from "../checks.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export type SequenceBias = readonly (readonly [readonly number[], number])[];

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

/**
 * @param biases null = none
 * @throws GenerationError for an empty list, an empty sequence, a bias that is no number and unknown tokens
 */
export function checkSequenceBias(biases: unknown, vocabSize: number): SequenceBias | null {
  if (biases === null) return null;
  const isPair = (pair: unknown): boolean => {
    const [sequence, bias] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return !!listOf(sequence)?.length && typeof bias === "number" && !Number.isNaN(bias);
  };
  if (!Array.isArray(biases) || biases.length === 0 || !biases.every(isPair))
    throw new GenerationError("sequenceBias", "expected a list of [token ids, bias], not empty", { given: biases });
  const pairs = biases as SequenceBias;
  for (const [sequence] of pairs) checkTokenIds("sequenceBias", sequence, vocabSize);
  return pairs;
}

/** @param words null = none @throws GenerationError for an empty list and unknown tokens */
export function checkBadWords(words: unknown, vocabSize: number): readonly (readonly number[])[] | null {
  if (words === null) return null;
  if (!Array.isArray(words) || words.length === 0 || !words.every((word) => listOf(word) !== null))
    throw new GenerationError("badWordsIds", "expected a list of lists of token ids, not empty; leave it out instead", {
      given: words,
    });
  for (const word of words as readonly number[][]) checkTokenIds("badWordsIds", word, vocabSize);
  return words as readonly number[][];
}
