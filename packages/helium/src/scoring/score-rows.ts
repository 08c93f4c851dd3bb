import type { EngineClient } from "../engine/engine-client.ts";
import type { LogProbs } from "../engine/wanted.ts";
import { LogitsError } from "../errors.ts";
import { isReadWhole, type ScoringModel } from "./scoring-client.ts";

/** Tokens of a row whose logits a pass holds at once: each takes a row of the vocabulary on the device. */
const MOST_AT_ONCE = 128;

/** A text of which the tokens from one place on are scored. */
export interface ScoredRow {
  readonly ids: readonly number[];
  /** The first token that is scored; at least 1, since it needs one before it. */
  readonly from: number;
}

/** A token where it stands. */
export interface TokenScore {
  /** ln P behind the tokens before it. */
  readonly logprob: number;
  readonly isLikeliest: boolean;
}

/**
 * Scores the rows of a client, which may have computed their starts already: up to 128 tokens of each in a pass, or where
 * tokens see those behind them, all.
 *
 * @throws LogitsError
 */
export async function scoreRows(
  model: ScoringModel,
  client: EngineClient,
  rows: readonly ScoredRow[],
  signal: AbortSignal | undefined,
): Promise<readonly (readonly TokenScore[])[]> {
  const isWhole = isReadWhole(model);
  const scores = rows.map((): TokenScore[] => []);
  for (;;) {
    const parts = rows.flatMap(({ ids, from }, r) => {
      const start = from + (scores[r]?.length ?? 0);
      const end = isWhole ? ids.length : Math.min(ids.length, start + MOST_AT_ONCE);
      return start < end ? [{ r, seen: ids.slice(0, end - 1), targets: ids.slice(start, end) }] : [];
    });
    if (parts.length === 0) return scores;
    const computed = await client.compute({
      rows: parts.map(({ r, seen, targets }) => {
        const sequence = client.cache.sequences[r];
        if (!sequence) throw new RangeError(`scoreRows: there is no row ${r}`);
        const positions = seen.map((_, t) => t);
        const together = model.isBidirectional ? seen.length : null;
        return { sequence, ids: seen, positions, skip: 0, visible: null, outputs: targets.length, together };
      }),
      wanted: { kind: "logProbs", tokens: parts.map(({ targets }) => targets.map((token) => [token])) },
      chunkSize: null,
      isWhole,
      signal,
    });
    let at = 0;
    for (const { r, targets } of parts)
      for (const token of targets) scores[r]?.push(tokenScore(computed[at++], 0, token));
  }
}

/** @param k its place among the tokens that were asked for @throws LogitsError */
export function tokenScore(found: LogProbs | undefined, k: number, token: number): TokenScore {
  const logprob = found?.logProbs[k] ?? NaN;
  if (!Number.isNaN(logprob)) return { logprob, isLikeliest: found?.likeliest === token };
  throw new LogitsError(
    "logits",
    `the log-probability of token ${token} is NaN; the model's weights or its dtypes do not hold its numbers: try computeDType "f32"`,
    { token, given: logprob },
  );
}
