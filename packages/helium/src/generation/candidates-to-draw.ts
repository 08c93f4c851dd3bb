import type { CandidatesWanted } from "../engine/outputs/wanted.ts";
import { definitions } from "./processors/call-processors.ts";
import type { LogitsProcessor } from "./processors/index.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";

/** Processors that, once top-k has left some tokens, look at nothing but the scores of these. */
const ofCandidates: ReadonlySet<string> = new Set(
  definitions.filter(({ ofCandidates }) => ofCandidates).map(({ option }) => option),
);

/** What a token can be drawn from in place of all logits; null where these are needed. */
export function candidatesToDraw(
  { doSample, topK, temperature, logitsProcessors }: ResolvedGeneration,
  processors: readonly LogitsProcessor[],
): CandidatesWanted | null {
  const isPlain = logitsProcessors.length === 0 && processors.every(({ name }) => ofCandidates.has(name));
  return doSample && topK > 0 && isPlain ? { kind: "candidates", k: topK, temperature } : null;
}
