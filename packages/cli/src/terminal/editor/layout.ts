import { printable } from "../style.ts";
import { graphemesOf, widthOf } from "../rows/text-width.ts";
import type { Row } from "../rows/live-rows.ts";
import type { EditorState } from "./editor-state.ts";

/** What stands before the first line of a message and before the others; with its marks, and as wide as it says. */
export interface Prompts {
  readonly first: Row;
  readonly next: Row;
}

export interface Layout {
  readonly rows: readonly Row[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** Columns that are kept for text, however narrow the terminal: a wide character and the cursor behind it. */
const LEAST_TEXT = 3;

/** A character as the screen shows it. */
function shown(grapheme: string): Row {
  const text = grapheme === "\t" ? "    " : printable(grapheme);
  return { text, width: widthOf(text) };
}

/** The rows of a message of at most `columns - 1` columns, so that the cursor fits behind each, and the cursor's place. */
export function layoutText(text: string, cursor: number, prompts: Prompts, columns: number): Layout {
  const rows: Row[] = [];
  let place = { row: 0, column: 0 };
  let at = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const given = index === 0 ? prompts.first : prompts.next;
    const prompt = given.width + LEAST_TEXT <= columns ? given : { text: "", width: 0 };
    const indent = { text: " ".repeat(prompt.width), width: prompt.width };
    let row = prompt;
    const here = (): { row: number; column: number } => ({ row: rows.length, column: row.width });
    for (const grapheme of graphemesOf(line)) {
      const cell = shown(grapheme);
      if (row.width + cell.width > columns - 1 && row.width > prompt.width) {
        rows.push(row);
        row = indent;
      }
      if (at === cursor) place = here();
      row = { text: row.text + cell.text, width: row.width + cell.width };
      at += grapheme.length;
    }
    if (at === cursor) place = here();
    rows.push(row);
    at += 1;
  }
  return { rows, cursor: place };
}

/** The part of the rows around the cursor that the screen has room for. */
export function windowOf({ rows, cursor }: Layout, height: number): Layout {
  if (rows.length <= height) return { rows, cursor };
  const start = Math.min(Math.max(0, cursor.row - height + 1), rows.length - height);
  return { rows: rows.slice(start, start + height), cursor: { ...cursor, row: cursor.row - start } };
}

/** What is being written, or the search, as rows. */
export function layoutOf(state: EditorState, prompts: Prompts, columns: number): Layout {
  const { search, text, cursor } = state;
  if (search === null) return layoutText(text, cursor, prompts, columns);
  const label = `${search.isFailing ? "not found" : "search"}: ${printable(search.query)}  `;
  const plain = (text: string): Row => ({ text, width: widthOf(text) });
  const given = { first: plain(label), next: prompts.next };
  return layoutText(text, cursor, given, columns);
}
