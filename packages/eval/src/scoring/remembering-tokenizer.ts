import type { ScoringTokenizer } from "./encode-pair.ts";

/** Texts whose tokens are kept: the answers to a question come one after another, each with the same context. */
const KEPT = 8;

/** A tokenizer that does not encode the last few texts again. */
export function rememberingTokenizer(tokenizer: ScoringTokenizer): ScoringTokenizer {
  const kept = new Map<string, readonly number[]>();
  return {
    bosTokenId: tokenizer.bosTokenId,
    eosTokenId: tokenizer.eosTokenId,
    bosToken: tokenizer.bosToken,
    encode: (text, options) => {
      const key = `${options?.addSpecialTokens ?? true} ${text}`;
      const ids = kept.get(key) ?? tokenizer.encode(text, options);
      kept.delete(key);
      kept.set(key, ids);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return ids;
    },
  };
}
