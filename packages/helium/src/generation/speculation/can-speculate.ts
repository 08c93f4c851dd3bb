import type { GenerationRun } from "../generation-run.ts";

/**
 * Whether a call tries tokens ahead. Several rows then have different lengths: where something looks at all of them at
 * once, they are decoded plainly, which gives the same, and a warning says so.
 */
export function canSpeculate({ settings, state, onlyAllRows }: GenerationRun): boolean {
  const { assistantModel, promptLookupNumTokens, outputScores, outputLogits, warn } = settings;
  if (!assistantModel && promptLookupNumTokens === null) return false;
  const rows = state.rows.length;
  if (rows === 1) return true;
  const beside =
    outputScores || outputLogits
      ? "outputScores and outputLogits, which show rows that have ended too"
      : onlyAllRows && `${onlyAllRows}, which looks at all rows of a step`;
  if (beside === null) return true;
  const name = assistantModel ? "assistantModel" : "promptLookupNumTokens";
  warn(`${name}: has no effect on ${rows} rows beside ${beside}; leave one out, or give one row per call`);
  return false;
}
