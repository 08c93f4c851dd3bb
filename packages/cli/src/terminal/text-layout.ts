/** Columns of a terminal that nobody made wider. */
export const COLUMNS = 80;

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

/** Paragraphs in lines of 80 columns; lines that are indented, such as examples, stay as they are. */
export function wrapParagraphs(text: string): string {
  const blocks = text
    .split("\n\n")
    .map((block) => (block.startsWith(" ") ? block : wrapWords(block, COLUMNS).join("\n")));
  return blocks.join("\n\n");
}

/** Rows as columns of constant width, two spaces between; the last column is not filled. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  "),
  );
}
