import type { AnswerNormalization } from "../tasks/task.ts";
import { splitWords } from "../python/text.ts";
import { normalizedAnswer } from "./exact-match.ts";

/**
 * How far the words of the prediction are those of a reference, the highest of all references: with precision P and recall R over
 * words as a multiset, after normalisation,
 *
 *     F1 = 2·P·R / (P + R)
 *
 * 0 where they share none; where one of the two has no words, 1 if neither has, else 0.
 *
 * Source: the evaluation of SQuAD 2.0 (Rajpurkar et al. 2018).
 *
 * @example
 * console.log(tokenF1("a tall tower", ["the tower"], { normalize: normalizeSquad })); // 0.6666666666666666
 */
export function tokenF1(
  prediction: string,
  references: readonly string[],
  normalization: AnswerNormalization = {},
): number {
  const given = splitWords(normalizedAnswer(prediction, normalization));
  return references.reduce(
    (best, reference) => Math.max(best, f1(given, splitWords(normalizedAnswer(reference, normalization)))),
    0,
  );
}

function f1(given: readonly string[], expected: readonly string[]): number {
  if (given.length === 0 || expected.length === 0) return given.length === expected.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of expected) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of given) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared++;
  }
  if (shared === 0) return 0;
  const [precision, recall] = [shared / given.length, shared / expected.length];
  return (2 * precision * recall) / (precision + recall);
}
