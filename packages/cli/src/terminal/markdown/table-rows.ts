import type { Tokens } from "marked";
import { inlineSpans } from "./inline-spans.ts";
import { span, spansWidth, type Paint, type Span } from "./spans.ts";
import { wrapSpans } from "./wrap-spans.ts";

/** Columns below which a column of a table cannot be read. */
const LEAST = 4;
const SEPARATOR = 3;

/** A table with its columns aligned; cells are wrapped where it is too wide, and rows are listed where there is no room for that. */
export function tableRows(table: Tokens.Table, width: number, paint: Paint): Span[][] {
  const cellsOf = (cells: readonly Tokens.TableCell[], isHeader: boolean): Span[][] =>
    cells.map(({ tokens }) => inlineSpans(tokens, paint, isHeader && paint.colours ? ["bold"] : []));
  const rows = [cellsOf(table.header, true), ...table.rows.map((row) => cellsOf(row, false))];
  const wanted = table.header.map((_, column) => Math.max(1, ...rows.map((row) => widestLine(row[column] ?? []))));
  const widths = fitted(wanted, width - SEPARATOR * (wanted.length - 1));
  if (widths === null) return wrapSpans([span(table.raw.replace(/\n+$/, ""))], width);
  const rule = [span(widths.map((columns) => "─".repeat(columns)).join("─┼─"), "dim")];
  const lines = rows.map((row) => tableLine(row, widths, table.align));
  return lines.flatMap((line, index) => (index === 0 ? [...line, rule] : line));
}

const widestLine = (cell: readonly Span[]): number => Math.max(...wrapSpans(cell, Infinity).map(spansWidth));

/** Widths that fit together: the widest give first. Null where there is no room. */
function fitted(wanted: readonly number[], room: number): readonly number[] | null {
  if (wanted.reduce((sum, width) => sum + Math.min(width, LEAST), 0) > room) return null;
  const widths = [...wanted];
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

/** One row of a table, as high as its highest cell. */
function tableLine(
  cells: readonly (readonly Span[])[],
  widths: readonly number[],
  align: Tokens.Table["align"],
): Span[][] {
  const wrapped = widths.map((width, column) => wrapSpans(cells[column] ?? [], width));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    widths.flatMap((width, column) => {
      const line = wrapped[column]?.[index] ?? [];
      const free = width - spansWidth(line);
      const left = align[column] === "right" ? free : align[column] === "center" ? Math.floor(free / 2) : 0;
      const isLast = column === widths.length - 1;
      const cell = [
        span(" ".repeat(left)),
        ...line,
        ...(isLast ? [] : [span(" ".repeat(free - left)), span(" │ ", "dim")]),
      ];
      return cell.filter(({ text }) => text !== "");
    }),
  );
}
