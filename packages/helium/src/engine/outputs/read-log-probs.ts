import {
  argmax,
  cast,
  gather,
  ge,
  logProbsOf,
  narrow,
  reshape,
  Scope,
  sum,
  tensor,
  type Tensor,
} from "@helium-lm/tensor";
import { valuesOf } from "./read-candidates.ts";
import { readTop } from "./read-top.ts";
import type { LogProbs, LogProbsWanted } from "./wanted.ts";

/** Log-probabilities that are wanted of one row. */
export interface RowLogProbsWanted extends Omit<LogProbsWanted, "tokens"> {
  /** At least one. */
  readonly tokens: readonly number[];
}

/**
 * Log-probabilities of the wanted tokens of each row of logits `[M, V]`, and the row's likeliest token. Only these numbers
 * leave the device: the first one's log-probability is read as such, that of another one follows from the difference of
 * the logits.
 */
export async function readLogProbs(logits: Tensor, rows: readonly RowLogProbsWanted[]): Promise<readonly LogProbs[]> {
  const [M, V] = logits.shape as [number, number];
  const K = Math.max(...rows.map(({ tokens }) => tokens.length));
  // A row that wants fewer asks for its first one again.
  const picks = rows.map(({ tokens }) => Array.from({ length: K }, (_, k) => tokens[k] ?? tokens[0] ?? 0));
  const isRanked = rows.some(({ ranks }) => ranks);
  const most = Math.max(...rows.map(({ top = 0 }) => top));
  using made = new Scope();
  const [[likeliest, first, values, ranks], tops] = await Promise.all([
    valuesOf(
      made.run(() => {
        const { backend } = logits;
        const tokens = tensor(backend, picks, { dtype: "i32" }); // [M, K]
        const places = tensor(
          backend,
          picks.map((row, m) => row.map((token) => m * V + token)),
          { dtype: "i32" },
        ); // [M, K], in the rows as one long list
        const targets = reshape(narrow(tokens, 1, 0, 1), [M]);
        const picked = gather(reshape(logits, [M * V]), places); // [M, K]
        const own = narrow(picked, 1, 0, 1); // [M, 1]
        return [
          argmax(logits, -1),
          logProbsOf(logits, targets),
          picked,
          ...(isRanked ? [sum(cast(ge(logits, own), "i32"), -1)] : []),
        ];
      }),
    ),
    most > 0
      ? readTop(
          logits,
          rows.map(({ top = 0 }) => ({ kind: "top", k: top })),
        )
      : [],
  ]);
  const at = (of: ArrayLike<number> | undefined, place: number): number => of?.[place] ?? NaN;
  return rows.map(({ tokens, ranks: wantsRank = false, top = 0 }, m) => ({
    logProbs: Float64Array.from(tokens, (_, k) => at(first, m) + (at(values, m * K + k) - at(values, m * K))),
    likeliest: at(likeliest, m),
    rank: wantsRank ? at(ranks, m) : null,
    top: top > 0 ? (tops[m] ?? null) : null,
  }));
}
