import { isNatural, isPositiveInteger, refuse, tokenList } from "../generation/option-checks.ts";
import type { ClientEngine } from "../engine/engine-client.ts";
import type { TokenLogprobs } from "../engine/request.ts";
import { checkLength, openScoring, type ScoringModel } from "./scoring-client.ts";
import { scoreRows, type FoundScore } from "./score-rows.ts";

/** What is asked of the tokens of one text. */
export interface ScoreTokensRequest {
  /** A text, `[T]`; T − 1 of its tokens are scored. */
  readonly inputIds: readonly number[];
  /** The first token that is scored; default 1. */
  readonly from?: number;
  /** So many of the likeliest tokens in the place of each, with theirs; default 0. */
  readonly top?: number;
  /** Texts stored under one salt are not seen under another. */
  readonly cacheSalt?: string;
  /** Looked at before each pass. */
  readonly signal?: AbortSignal;
}

export interface TokensRequest extends ScoreTokensRequest {
  /** Computes them; default: the model's own. */
  readonly engine?: ClientEngine;
}

/** How likely the model finds a token where it stands, and what it finds likeliest there. */
export interface TokenScore extends TokenLogprobs {
  /** It is the likeliest; of equal ones the lowest id is. */
  readonly isLikeliest: boolean;
  /** Tokens that are as likely or likelier, itself among them: 1 = the likeliest, as in vLLM's `prompt_logprobs`. */
  readonly rank: number;
}

/**
 * ln P of each token of a text from `from` on, behind those before it, in the model's own distribution; the logits of 128
 * tokens are held at once. What is stored of the text before `from` is not computed again.
 *
 * @throws GenerationError for tokens outside the vocabulary, and for texts longer than the context; LogitsError where the
 *   model computes NaN; the signal's reason when aborted
 */
export async function scoreTokens(
  model: ScoringModel,
  { inputIds, from = 1, top = 0, engine = model.ownEngine, cacheSalt, signal }: TokensRequest,
): Promise<readonly TokenScore[]> {
  const ids = tokenList(inputIds, "inputIds", model.config);
  const { vocabSize } = model.config;
  if (!isPositiveInteger(from)) refuse("from", from, "an integer of at least 1: the first token has none before it");
  if (!isNatural(top) || top > vocabSize)
    refuse("top", top, `an integer from 0 to the ${vocabSize} tokens of the vocabulary`);
  checkLength(model, ids.length - 1, { empty: ids.length === 0 ? "inputIds" : null });
  if (ids.length <= from) return [];
  const client = openScoring(engine, { slots: ids.length - 1, longest: ids.length - 1, salt: cacheSalt });
  try {
    client.cache.addRows(1);
    const [scores = []] = await scoreRows(model, client, [{ ids, from }], { signal, ranks: true, top });
    return scores.map(told);
  } finally {
    client.close();
  }
}

const told = ({ logprob, isLikeliest, found: { rank, top } }: FoundScore): TokenScore => ({
  logprob,
  isLikeliest,
  rank: rank ?? NaN,
  top: Array.from(top?.tokens ?? [], (id, i) => ({ id, logprob: top?.logProbs[i] ?? NaN })),
});
