import type { GenerativeModel } from "../generative-model.ts";
import type { ResolvedGeneration } from "../options/resolved-generation.ts";

/**
 * Whether tokens that a grammar leaves no choice of can be added without a pass, so that the next one reads them all at once.
 * The text is the same either way; what looks at the scores of every token, or at all rows of a step, gets to see them.
 *
 * @param onlyAllRows name of a processor or criterion that only looks at all rows together
 */
export function canSkipForced(
  { anglesDependOnLength, isBidirectional }: GenerativeModel,
  { grammar, logitsProcessors, numBeams, useCache }: ResolvedGeneration,
  onlyAllRows: string | null,
): boolean {
  const isSeen = logitsProcessors.length > 0 || onlyAllRows !== null || numBeams > 1;
  return grammar !== null && !isSeen && useCache && !anglesDependOnLength && !isBidirectional;
}
