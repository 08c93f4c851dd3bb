import { logProbsOf, narrow, reshape, Scope, topk, type Tensor } from "@helium-lm/tensor";
import { valuesOf } from "./read-candidates.ts";
import type { TopTokens, TopWanted } from "./wanted.ts";

/**
 * The likeliest tokens of each row of logits `[M, V]`: as many for each row as the row with the most wants, since a shorter
 * list is the start of a longer one.
 */
export async function readTop(logits: Tensor, rows: readonly TopWanted[]): Promise<readonly TopTokens[]> {
  const most = Math.max(...rows.map(({ k }) => k));
  using made = new Scope();
  const [tokens, values, first] = await valuesOf(
    made.run(() => {
      const { indices, values } = topk(logits, most); // [M, most]
      return [indices, values, logProbsOf(logits, reshape(narrow(indices, 1, 0, 1), [rows.length]))];
    }),
  );
  return rows.map(({ k }, m) => {
    const own = Float32Array.from(values?.subarray(m * most, m * most + k) ?? []);
    const logProb = (logit: number): number => logit - (values?.[m * most] ?? 0) + (first?.[m] ?? 0);
    return {
      tokens: Int32Array.from(tokens?.subarray(m * most, m * most + k) ?? []),
      logits: own,
      logProbs: Float64Array.from(own, logProb),
    };
  });
}
