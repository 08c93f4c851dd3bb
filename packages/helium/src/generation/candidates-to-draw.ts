import type { CandidatesWanted } from "../engine/wanted.ts";
import type { LogitsProcessor } from "./processors/index.ts";
import type { ResolvedGeneration } from "./resolve.ts";

/** Processors that, once top-k has left some tokens, look at nothing but the scores of these. */
const ofCandidates = ["temperature", "topK", "topP", "minP", "typicalP", "epsilonCutoff", "etaCutoff"];

/** What a token can be drawn from in place of all logits; null where these are needed. */
export function candidatesToDraw(
  { doSample, topK, temperature, logitsProcessors }: ResolvedGeneration,
  processors: readonly LogitsProcessor[],
): CandidatesWanted | null {
  const isPlain = logitsProcessors.length === 0 && processors.every(({ name }) => ofCandidates.includes(name));
  return doSample && topK > 0 && isPlain ? { kind: "candidates", k: topK, temperature } : null;
}
