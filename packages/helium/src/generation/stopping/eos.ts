import { perRow, type StoppingCriterion } from "./criterion.ts";

/** Rows whose last token is an eos. */
export function eos(tokens: ReadonlySet<number>): StoppingCriterion {
  return perRow("eosTokenId", (ids) => tokens.has(ids.at(-1) ?? -1));
}
