import type { MarkedToken, Token, Tokens } from "marked";
import { inlineSpans } from "./inline-spans.ts";
import { span, spansWidth, type Mark, type Paint, type Span } from "./spans.ts";
import { tableRows } from "./table-rows.ts";
import { cutSpans, wrapSpans } from "./wrap-spans.ts";

export type SpanRow = readonly Span[];

/** Columns below which nothing is indented any more. */
const NARROW = 12;

/** A block of Markdown as rows of at most `width` columns. */
export function blockRows(token: Token, width: number, paint: Paint): SpanRow[] {
  const block = token as MarkedToken;
  switch (block.type) {
    case "space":
      return [];
    case "heading": {
      const marks: Mark[] = block.depth === 1 ? ["bold", "underline"] : ["bold"];
      const sign = paint.colours ? [] : [span(`${"#".repeat(block.depth)} `)];
      return wrapSpans([...sign, ...inlineSpans(block.tokens, paint, marks)], width);
    }
    case "paragraph":
      return wrapSpans(inlineSpans(block.tokens, paint), width);
    case "text":
      return wrapSpans(inlineSpans(block.tokens ?? [block], paint), width);
    case "code":
      return codeRows(block, width, paint);
    case "blockquote":
      return indented(width, [span(paint.colours ? "│ " : "> ", "dim")], null, (inner) =>
        blocksRows(block.tokens, inner, paint),
      );
    case "list":
      return block.items.flatMap((item, index) => itemRows(item, markerOf(block, index), width, paint));
    case "table":
      return tableRows(block, width, paint);
    case "hr":
      return [[span(paint.colours ? "─".repeat(width) : "---", "dim")]];
    default:
      return wrapSpans([span(token.raw.replace(/\n+$/, ""))], width);
  }
}

/** Blocks one below the other, with an empty row between two where the text has one, and around those that need it. */
export function blocksRows(tokens: readonly Token[], width: number, paint: Paint): SpanRow[] {
  const rows: SpanRow[] = [];
  let last: Token | null = null;
  for (const token of tokens) {
    const more = blockRows(token, width, paint);
    if (more.length === 0) {
      last = rows.length > 0 ? token : null;
      continue;
    }
    if (last !== null && isApart(last, token)) rows.push([]);
    rows.push(...more);
    last = token;
  }
  return rows;
}

/** Whether an empty row belongs between two blocks that follow each other. */
export function isApart(above: Token, below: Token): boolean {
  const stands = /^(heading|code|table|hr)$/;
  return above.type === "space" || /\n\s*\n$/.test(above.raw) || stands.test(above.type) || stands.test(below.type);
}

function markerOf({ ordered, start }: Tokens.List, index: number): string {
  return ordered ? `${(Number(start) || 0) + index}. ` : "• ";
}

function itemRows(item: Tokens.ListItem, marker: string, width: number, paint: Paint): SpanRow[] {
  const sign = [span(marker)];
  const inner = indented(width, [span(" ".repeat(spansWidth(sign)))], sign, (room) =>
    tightRows(item.tokens, room, paint),
  );
  return inner.length > 0 ? inner : [sign];
}

/** The blocks of an item: paragraphs are apart, a list below its text is not. */
const tightRows = (tokens: readonly Token[], width: number, paint: Paint): SpanRow[] =>
  tokens
    .filter(({ type }) => type !== "space")
    .flatMap((token, index) => {
      const rows = blockRows(token, width, paint);
      return index > 0 && token.type === "paragraph" ? [[], ...rows] : rows;
    });

/** Rows behind a sign: `first` before the first of them, `others` before the rest; in narrow places before none. */
function indented(
  width: number,
  others: SpanRow,
  first: SpanRow | null,
  rowsIn: (width: number) => readonly SpanRow[],
): SpanRow[] {
  const room = width - spansWidth(others);
  const isNarrow = room < NARROW;
  const rows = rowsIn(isNarrow ? width : room);
  if (isNarrow) return first === null ? [...rows] : [first, ...rows];
  const isBlank = others.every(({ text }) => text.trim() === "");
  return rows.map((row, index) => {
    const sign = index === 0 && first !== null ? first : others;
    return row.length === 0 && isBlank && sign === others ? row : [...sign, ...row];
  });
}

/** Code keeps its lines; those that are too long are cut. Without colours it stands between fences. */
function codeRows({ text, lang = "" }: Tokens.Code, width: number, paint: Paint): SpanRow[] {
  const lines = text.split("\n").map((line) => line.replaceAll("\t", "    "));
  const language = (lang.split(/\s/)[0] ?? "").slice(0, 30);
  if (!paint.colours) {
    const rows = lines.flatMap((line) => cutSpans([span(line)], width));
    return [...cutSpans([span(`\`\`\`${language}`)], width), ...rows, [span("```")]];
  }
  const indent = span(width < NARROW ? "" : "  ");
  const rows = lines.flatMap((line) => cutSpans([span(line, "code")], width - indent.text.length));
  const named = language === "" ? [] : cutSpans([span(language, "dim")], width - indent.text.length);
  return [...named, ...rows].map((row) => (row.length === 0 ? row : [indent, ...row]));
}
