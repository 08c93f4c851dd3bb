import type { ClientEngine, EngineClient } from "../engine/engine-client.ts";
import { tokenList } from "../generation/option-checks.ts";
import { checkLength, isReadWhole, openScoring, type ScoringModel } from "./scoring-client.ts";
import { scoreRows, tokenScore, type PlainScore } from "./score-rows.ts";

/** What is asked of the continuations of one text. */
export interface ScoreContinuationsRequest {
  /** The tokens that all continuations follow, `[T]`, T ≥ 1. */
  readonly inputIds: readonly number[];
  /** The tokens of each continuation; at least one each. */
  readonly continuations: readonly (readonly number[])[];
  /** Texts stored under one salt are not seen under another. */
  readonly cacheSalt?: string;
  /** Looked at before each pass. */
  readonly signal?: AbortSignal;
}

export interface ContinuationsRequest extends ScoreContinuationsRequest {
  /** Computes them; default: the model's own, which keeps nothing for a text that begins alike. */
  readonly engine?: ClientEngine;
}

/** How likely a model finds a continuation. */
export interface ContinuationScore {
  /** ln P of each token, behind those before it. */
  readonly logprobs: readonly number[];
  /** Their sum. */
  readonly logprob: number;
  /** Each token is the likeliest in its place. */
  readonly isGreedy: boolean;
}

/**
 * ln P of each continuation behind one prefix. The prefix is computed once; continuations of one token need nothing more,
 * the others go on from copies of it, all in shared passes. Only the log-probabilities leave the device.
 *
 * @throws GenerationError for tokens outside the vocabulary, and for texts longer than the context; LogitsError where the
 *   model computes NaN; the signal's reason when aborted
 */
export async function scoreContinuations(
  model: ScoringModel,
  { inputIds, continuations, engine = model.ownEngine, cacheSalt, signal }: ContinuationsRequest,
): Promise<readonly ContinuationScore[]> {
  const prefix = tokenList(inputIds, "inputIds", model.config);
  const endings = continuations.map((ids, i) => tokenList(ids, `continuations ${i}`, model.config));
  const longest = Math.max(1, ...endings.map(({ length }) => length));
  checkLength(model, prefix.length + longest - 1, { empty: prefix.length === 0 ? "inputIds" : emptyOf(endings) });
  if (endings.length === 0) return [];
  const slots = prefix.length + endings.reduce((sum, { length }) => sum + length - 1, 0);
  const client = openScoring(engine, { slots, longest: prefix.length + longest - 1, salt: cacheSalt });
  try {
    const scores = isReadWhole(model)
      ? await scoreWhole(model, client, { prefix, endings, signal })
      : await scoreForks(model, client, { prefix, endings, signal });
    return scores.map((tokens) => ({
      logprobs: tokens.map(({ logprob }) => logprob),
      logprob: tokens.reduce((sum, { logprob }) => sum + logprob, 0),
      isGreedy: tokens.every(({ isLikeliest }) => isLikeliest),
    }));
  } finally {
    client.close();
  }
}

interface Endings {
  readonly prefix: readonly number[];
  readonly endings: readonly (readonly number[])[];
  readonly signal: AbortSignal | undefined;
}

const emptyOf = (endings: readonly (readonly number[])[]): string | null => {
  const empty = endings.findIndex(({ length }) => length === 0);
  return empty < 0 ? null : `continuations ${empty}`;
};

/** First tokens behind the prefix itself, the others behind copies of it. */
async function scoreForks(
  model: ScoringModel,
  client: EngineClient,
  { prefix, endings, signal }: Endings,
): Promise<readonly (readonly PlainScore[])[]> {
  client.cache.addRows(1);
  const firsts = [...new Set(endings.map(([first = 0]) => first))];
  const [behind] = await client.compute({
    rows: [{ ...rowOf(client, 0), ids: prefix, positions: prefix.map((_, t) => t), outputs: 1 }],
    wanted: { kind: "logProbs", tokens: [[firsts]] },
    chunkSize: null,
    isWhole: false,
    signal,
  });
  const first = endings.map(([token = 0]) => tokenScore(behind, firsts.indexOf(token), token));
  const longer = [...endings.keys()].filter((i) => (endings[i]?.length ?? 0) > 1);
  client.cache.select(longer.map(() => 0));
  const rows = longer.map((i) => ({ ids: [...prefix, ...(endings[i] ?? [])], from: prefix.length + 1 }));
  const rest = await scoreRows(model, client, rows, { signal });
  return first.map((score, i) => [score, ...(rest[longer.indexOf(i)] ?? [])]);
}

const rowOf = (client: EngineClient, row: number) => {
  const sequence = client.cache.sequences[row];
  if (!sequence) throw new RangeError(`scoreContinuations: there is no row ${row}`);
  return { sequence, skip: 0, visible: null };
};

/** Where a token may see those behind it nothing can be shared: each text is read in one piece. */
async function scoreWhole(
  model: ScoringModel,
  client: EngineClient,
  { prefix, endings, signal }: Endings,
): Promise<readonly (readonly PlainScore[])[]> {
  client.cache.addRows(endings.length);
  const rows = endings.map((ids) => ({ ids: [...prefix, ...ids], from: prefix.length }));
  return scoreRows(model, client, rows, { signal });
}
