import type { ConstrainedRows } from "../grammar/constrained-rows.ts";
import type { StoppingCriterion, StoppingDefinition } from "./criterion.ts";

export const grammarEndDefinition = {
  option: "grammar",
  make: ({ grammar, copies }) => grammar && grammarEnd(grammar, grammar.grammars.length * copies),
} as const satisfies StoppingDefinition;

/**
 * Rows whose text is complete: their grammars let nothing follow, so that no token has to say that they end.
 *
 * @param count rows of the call
 */
export function grammarEnd(rows: ConstrainedRows, count: number): StoppingCriterion {
  const isMet = (ids: readonly number[], row: number, all: number): boolean =>
    rows.isComplete(rows.place(ids, row, all));
  return {
    name: "grammar",
    isMet: (all) => all.map((ids, row) => isMet(ids, row, all.length)),
    isRowMet: (ids, row) => isMet(ids, row, count),
  };
}
