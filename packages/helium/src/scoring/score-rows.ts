import type { EngineClient } from "../engine/engine-client.ts";
import type { LogProbs } from "../engine/outputs/wanted.ts";
import { LogitsError } from "../errors.ts";
import { readPositions } from "./read-positions.ts";
import type { ScoringModel } from "./scoring-client.ts";

/** A text of which the tokens from one place on are scored. */
export interface ScoredRow {
  readonly ids: readonly number[];
  /** The first token that is scored; at least 1, since it needs one before it. */
  readonly from: number;
}

/** What is told of a token beside its log-probability. */
export interface ScoreDetails {
  /** Its rank. */
  readonly ranks?: boolean;
  /** So many of the likeliest tokens in its place. */
  readonly top?: number;
}

/** A token where it stands. */
export interface PlainScore {
  /** ln P behind the tokens before it. */
  readonly logprob: number;
  readonly isLikeliest: boolean;
}

/** What a row's log-probabilities say of one of its tokens. */
export interface FoundScore extends PlainScore {
  readonly found: LogProbs;
}

/**
 * Scores the rows of a client, which may have computed their starts already.
 *
 * @throws LogitsError
 */
export async function scoreRows(
  model: ScoringModel,
  client: EngineClient,
  rows: readonly ScoredRow[],
  { signal, ...details }: ScoreDetails & { readonly signal: AbortSignal | undefined },
): Promise<readonly (readonly FoundScore[])[]> {
  const idsOf = (row: number): readonly number[] => rows[row]?.ids ?? [];
  const found = await readPositions(
    model,
    client,
    // What stands behind the last token is not asked.
    rows.map(({ ids, from }) => ({ ids: ids.slice(0, -1), from: from - 1 })),
    (parts) => ({
      kind: "logProbs",
      tokens: parts.map(({ row, start, end }) =>
        idsOf(row)
          .slice(start + 1, end + 1)
          .map((token) => [token]),
      ),
      ...details,
    }),
    signal,
  );
  return rows.map(({ ids, from }, row) =>
    (found[row] ?? []).map((one, i) => ({ ...tokenScore(one, 0, ids[from + i] ?? 0), found: one })),
  );
}

/** @param k its place among the tokens that were asked for @throws LogitsError */
export function tokenScore(
  found: Pick<LogProbs, "logProbs" | "likeliest"> | undefined,
  k: number,
  token: number,
): PlainScore {
  const logprob = found?.logProbs[k] ?? NaN;
  if (!Number.isNaN(logprob)) return { logprob, isLikeliest: found?.likeliest === token };
  throw new LogitsError(
    "logits",
    `the log-probability of token ${token} is NaN; the model's weights or its dtypes do not hold its numbers: try computeDType "f32"`,
    { token, given: logprob },
  );
}
