/**
 * Share of a pass over one token that each further token adds: the rest is reading the weights, which all share. An estimate
 * for wasm with two threads; `npm run bench -- speculation` prints what it is on a machine. A constant, so that what is drawn
 * never depends on the clock.
 */
const TOKEN_SHARE = 0.2;

/**
 * What one more token of every row adds to a pass over a token of each of `rows`, in such passes: s·R / (1 − s + s·R). The
 * more rows there are, the less of the pass is reading weights; towards a full batch a token tried costs as much as one
 * decoded, and nothing is tried any more.
 */
export function tokenCost(rows: number): number {
  const computing = TOKEN_SHARE * rows;
  return computing / (1 - TOKEN_SHARE + computing);
}
