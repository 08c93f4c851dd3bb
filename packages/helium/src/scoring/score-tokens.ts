import { tokenList } from "../generation/option-checks.ts";
import type { ClientEngine } from "../engine/engine-client.ts";
import { checkLength, openScoring, type ScoringModel } from "./scoring-client.ts";
import { scoreRows, type TokenScore } from "./score-rows.ts";

export interface TokensRequest {
  /** A text, `[T]`; T − 1 of its tokens are scored. */
  readonly inputIds: readonly number[];
  /** The first token that is scored; default 1. */
  readonly from?: number;
  /** Computes them; default: the model's own. */
  readonly engine?: ClientEngine;
  /** Looked at before each pass. */
  readonly signal?: AbortSignal;
}

/**
 * ln P of each token of a text from `from` on, behind those before it; the logits of 128 tokens are held at once.
 *
 * @throws GenerationError for tokens outside the vocabulary, and for texts longer than the context; LogitsError where the
 *   model computes NaN; the signal's reason when aborted
 */
export async function scoreTokens(
  model: ScoringModel,
  { inputIds, from = 1, engine = model.ownEngine, signal }: TokensRequest,
): Promise<readonly TokenScore[]> {
  const ids = tokenList(inputIds, "inputIds", model.config);
  checkLength(model, ids.length - 1, { empty: ids.length === 0 ? "inputIds" : null });
  if (ids.length <= from) return [];
  const client = openScoring(engine, { slots: ids.length - 1, longest: ids.length - 1, salt: undefined });
  try {
    client.cache.addRows(1);
    const [scores = []] = await scoreRows(model, client, [{ ids, from }], signal);
    return scores;
  } finally {
    client.close();
  }
}
