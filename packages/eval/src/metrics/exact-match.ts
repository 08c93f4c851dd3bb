import type { AnswerNormalization } from "../tasks/task.ts";
import { asciiPunctuation } from "./ascii-punctuation.ts";

/**
 * What an answer is compared as: with `normalize` what that makes of it; else without what `ignore` matches, then in lower
 * case, then without ASCII punctuation, as far as these are asked for.
 */
export function normalizedAnswer(text: string, normalization: AnswerNormalization = {}): string {
  const { ignore = [], ignoreCase = false, ignorePunctuation = false, normalize } = normalization;
  if (normalize !== undefined) return normalize(text);
  for (const pattern of ignore) text = text.replace(everywhere(pattern), "");
  if (ignoreCase) text = text.toLowerCase();
  return ignorePunctuation ? text.replace(asciiPunctuation, "") : text;
}

/**
 * 1 where the prediction is one of the references, after normalisation of both, else 0.
 *
 * Source: `exact_match` of lm-evaluation-harness, which folds no white space and drops no articles unless `ignore` says so.
 *
 * @example
 * const normalization = { ignoreCase: true, ignorePunctuation: true };
 * console.log(exactMatch("the Seine.", ["La Seine", "The Seine"], normalization)); // 1
 */
export function exactMatch(
  prediction: string,
  references: readonly string[],
  normalization: AnswerNormalization = {},
): 0 | 1 {
  const given = normalizedAnswer(prediction, normalization);
  return references.some((reference) => normalizedAnswer(reference, normalization) === given) ? 1 : 0;
}

const everywhere = (pattern: RegExp): RegExp =>
  pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
