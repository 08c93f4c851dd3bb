import { GenerationError } from "./errors.ts";
import type { GenerateOutput } from "./generate-output.ts";
import { logSoftmaxRow } from "./sampling.ts";

/**
 * The score of each new token among those it was chosen from, `[row][new token]`; 0 after the end of a beam. The sum of a
 * beam's, divided by `length ** lengthPenalty`, is its entry in `sequencesScores`.
 *
 * @param options.normalizeLogits take the log-softmax of the scores first; default false
 * @throws GenerationError unless the output has scores
 */
export function computeTransitionScores(
  { sequences, scores, beamIndices }: Pick<GenerateOutput, "sequences" | "scores" | "beamIndices">,
  { normalizeLogits = false }: { readonly normalizeLogits?: boolean } = {},
): number[][] {
  if (!scores) throw new GenerationError("scores", "were not kept; generate with outputScores: true");
  const kept: readonly (readonly ArrayLike<number>[])[] = normalizeLogits
    ? scores.map((step) => step.map(logSoftmaxRow))
    : scores;
  const steps = beamIndices ? (beamIndices[0]?.length ?? 0) : scores.length;
  return sequences.map((ids, row) =>
    ids.slice(ids.length - steps).map((token, step) => {
      const from = beamIndices ? (beamIndices[row]?.[step] ?? -1) : row;
      return from < 0 ? 0 : (kept[step]?.[from]?.[token] ?? 0);
    }),
  );
}
