/**
 * Share of a pass over one token that each further token adds: the rest is reading the weights, which all share. Measured
 * on wasm with two threads (SmolLM2-135M F16, `npm run bench -- speculation`): 2, 4, 8 and 16 tokens in one pass take 1.58,
 * 2.31, 3.37 and 4.77 passes over one, so 0.58, 0.44, 0.34 and 0.25 for each further token; the value is that of short
 * drafts. A constant, so that what is drawn never depends on the clock.
 */
const TOKEN_SHARE = 0.4;

/**
 * What one more token of every row adds to a pass over a token of each of `rows`, in such passes: s·R / (1 − s + s·R). The
 * more rows there are, the less of the pass is reading weights; towards a full batch a token tried costs as much as one
 * decoded, and nothing is tried any more.
 */
export function tokenCost(rows: number): number {
  const computing = TOKEN_SHARE * rows;
  return computing / (1 - TOKEN_SHARE + computing);
}
