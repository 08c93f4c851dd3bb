import { argmax, gather, logProbsOf, narrow, reshape, Scope, tensor, type Tensor } from "@helium-lm/tensor";
import { valuesOf } from "./read-candidates.ts";
import type { LogProbs } from "./wanted.ts";

/** Log-probabilities that are wanted of one row. */
export interface RowLogProbsWanted {
  readonly kind: "logProbs";
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
  using made = new Scope();
  const [likeliest, first, values] = await valuesOf(
    made.run(() => {
      const { backend } = logits;
      const tokens = tensor(backend, picks, { dtype: "i32" }); // [M, K]
      const places = tensor(
        backend,
        picks.map((row, m) => row.map((token) => m * V + token)),
        { dtype: "i32" },
      ); // [M, K], in the rows as one long list
      const targets = reshape(narrow(tokens, 1, 0, 1), [M]);
      return [argmax(logits, -1), logProbsOf(logits, targets), gather(reshape(logits, [M * V]), places)];
    }),
  );
  const at = (of: ArrayLike<number> | undefined, place: number): number => of?.[place] ?? NaN;
  return rows.map(({ tokens }, m) => ({
    logProbs: Float64Array.from(tokens, (_, k) => at(first, m) + (at(values, m * K + k) - at(values, m * K))),
    likeliest: at(likeliest, m),
  }));
}
