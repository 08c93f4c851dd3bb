import type { Turn } from "./talk.ts";

/** Tokens of a page, in which starts of texts are stored. */
const PAGE = 64;

export interface PrefixHits {
  /** Tokens of prompts that were computed for the turn before: its prompt and its answer; of first turns none. */
  readonly known: number;
  /** Of these, the ones in whole pages: no more can be found. */
  readonly inPages: number;
  /** Tokens that `usage.prompt_tokens_details.cached_tokens` says were found. */
  readonly cached: number;
  /** `cached / known`, and `cached / inPages`. */
  readonly ofKnown: number;
  readonly ofPages: number;
}

/** How much of what conversations had computed before was found again, summed over all turns but the first. */
export function prefixHits(conversations: readonly (readonly Turn[])[]): PrefixHits {
  let [known, inPages, cached] = [0, 0, 0];
  for (const turns of conversations)
    for (const [at, { promptTokens, cachedTokens }] of turns.entries()) {
      const before = turns[at - 1];
      if (!before) continue;
      const tokens = Math.min(promptTokens, before.promptTokens + before.completionTokens);
      known += tokens;
      inPages += Math.floor(tokens / PAGE) * PAGE;
      cached += cachedTokens;
    }
  const share = (of: number): number => Math.round((cached / of) * 1e4) / 1e4;
  return { known, inPages, cached, ofKnown: share(known), ofPages: share(inPages) };
}
