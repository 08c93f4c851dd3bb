import type { TextSink } from "./cli-io.ts";

/** Columns of a terminal that nobody made wider. */
const COLUMNS = 80;

/** In a terminal that is narrower, lines break where they may. */
const LEAST_COLUMNS = 50;

/** Words in lines of at most `width` columns; a word that is longer has a line of its own. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Columns for text that a person reads: those of the terminal, at most 80; 80 where there is none. */
export function textWidth({ isTTY, columns = COLUMNS }: TextSink): number {
  return isTTY ? Math.max(LEAST_COLUMNS, Math.min(COLUMNS, columns)) : COLUMNS;
}

/** Paragraphs in lines of `width` columns; lines that are indented, such as examples, stay as they are. */
export function wrapParagraphs(text: string, width: number): string {
  const blocks = text
    .split("\n\n")
    .map((block) => (block.startsWith(" ") ? block : wrapWords(block, width).join("\n")));
  return blocks.join("\n\n");
}

/** Names beside their texts, which begin in one column; a name that is too long for it has a line of its own. */
export function describeRows(
  rows: readonly (readonly [name: string, text: string])[],
  column: number,
  width: number,
): string {
  const lines = rows.flatMap(([name, text]) => {
    const wrapped = wrapWords(text, width - column);
    const beside = name.length + 2 <= column ? (wrapped.shift() ?? "") : "";
    return [`${name.padEnd(column)}${beside}`.trimEnd(), ...wrapped.map((line) => `${" ".repeat(column)}${line}`)];
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** Rows as columns of constant width, two spaces between; the last column is not filled. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  "),
  );
}
