/** Tokens that are tried behind a row in one pass. */
export interface Draft {
  readonly tokens: readonly number[];
  /** The distribution `[V]` that each was drawn from; null where they were not drawn. */
  readonly distributions: readonly Float64Array[] | null;
}

export const noDraft: Draft = { tokens: [], distributions: null };

/** What speculation did: tokens that were tried, and those of them that plain decoding would have written too. */
export interface SpeculationStats {
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
}
