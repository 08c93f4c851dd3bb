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
