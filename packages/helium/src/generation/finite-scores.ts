import { GenerationError, LogitsError } from "../errors.ts";

/** Which row of which step scores belong to. */
export interface ScorePlace {
  /** New tokens before. */
  readonly step: number;
  readonly row: number;
}

/** @throws LogitsError when the model said NaN or +∞ of a token */
export function checkLogits(logits: Float32Array, place: ScorePlace): void {
  const token = firstInvalid(logits);
  if (token >= 0)
    throw invalid(
      "the model's logit",
      logits,
      token,
      place,
      "the weights or the inputs are damaged, or overflow in this dtype; load the model anew or in f32, or set removeInvalidValues: true",
    );
}

/**
 * @param kind "ordered": only NaN is refused, since a maximum may be +∞; "finite": +∞ too
 * @throws LogitsError for what a processor left
 */
export function checkScores(scores: Float32Array, place: ScorePlace, kind: "finite" | "ordered"): void {
  const token = kind === "finite" ? firstInvalid(scores) : scores.findIndex(Number.isNaN);
  if (token >= 0)
    throw invalid(
      "after the processors the score",
      scores,
      token,
      place,
      "raise the temperature, or mend the biases and processors of this call",
    );
}

export const isAnyLeft = (scores: Float32Array): boolean => scores.some((score) => score > -Infinity);

/** The error of a row of which no token is left. @param length tokens of the row before */
export function nothingLeft(length: number, { step, row }: ScorePlace): GenerationError {
  return new GenerationError(
    "generate",
    `no token is left after ${length} tokens: every score of row ${row} is −∞; loosen grammar, badWordsIds, suppressTokens, minNewTokens or the caller's own processors, or raise the temperature`,
    { length, step, row },
  );
}

/** The first NaN or +∞, −1 where there is none. */
function firstInvalid(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!((values[i] ?? 0) < Infinity)) return i;
  return -1;
}

function invalid(
  what: string,
  values: Float32Array,
  token: number,
  { step, row }: ScorePlace,
  mend: string,
): LogitsError {
  const given = values[token];
  return new LogitsError(
    "generate",
    `${what} of token ${token} is ${given} at step ${step}, row ${row}; expected a finite number or −∞: ${mend}`,
    { step, row, token, given },
  );
}
