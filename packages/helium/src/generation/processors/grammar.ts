import type { Grammar, GrammarSpec } from "../../grammar/index.ts";
import type { ConstrainedRows } from "../grammar/constrained-rows.ts";
import { resolveGrammars } from "../grammar/resolve-grammars.ts";
import type { ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface GrammarOption {
  /**
   * What the new text has to be: `{ json: schema }`, `{ regex }`, `{ choice }`, `{ gbnf }`, `{ lark }` or what `compileGrammar`
   * made of one; a list has one for each prompt, null = free. Needs `tokenizer`. A row ends where its text is complete.
   */
  readonly grammar?: GrammarSpec | Grammar | readonly (GrammarSpec | Grammar | null)[] | null;
}

export const grammarDefinition: ProcessorDefinition<GrammarOption, ConstrainedRows | null, "call"> = {
  option: "grammar",
  scope: "call",
  default: null,
  check: resolveGrammars,
  make: (rows, { rowsPerPrompt }) => grammarMask(rows, rows.grammars.length * rowsPerPrompt),
};

/**
 * Leaves only the tokens that may follow in the grammar of each row.
 *
 * @param count rows of the call
 */
export function grammarMask(rows: ConstrainedRows, count: number): LogitsProcessor {
  return perRow("grammar", (scores, ids, row) => {
    const place = rows.place(ids, row, count);
    rows.checkOpen(place, row, ids.length);
    rows.apply(place, scores);
  });
}
