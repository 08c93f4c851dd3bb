/** One command with what it wrote, piece by piece. */
export interface RecordedCommand {
  readonly command: string;
  readonly pieces: readonly { readonly text: string; readonly after: number }[];
}

const [COLUMNS, FONT_SIZE, CELL, LINE, MARGIN] = [84, 13, 7.8, 18, 16];
const [TYPING_MS, ENTER_MS, LONGEST_PAUSE_MS, READING_MS, END_MS] = [22, 350, 90, 900, 6000];

/** A run of characters of one line that appears at a time. */
interface Run {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly kind: "prompt" | "typed" | "written";
  readonly at: number;
}

/** Lays text out as a terminal does: at line breaks and at the last column. */
class Screen {
  readonly runs: Run[] = [];
  #line = 0;
  #column = 0;

  write(text: string, kind: Run["kind"], at: number): void {
    for (const [i, part] of text.split("\n").entries()) {
      if (i > 0) this.breakLine();
      for (let rest = part; rest.length > 0;) {
        if (this.#column === COLUMNS) this.breakLine();
        const piece = rest.slice(0, COLUMNS - this.#column);
        this.runs.push({ line: this.#line, column: this.#column, text: piece, kind, at });
        this.#column += piece.length;
        rest = rest.slice(piece.length);
      }
    }
  }

  breakLine(): void {
    this.#line++;
    this.#column = 0;
  }

  /** To the start of a line, with an empty one before it. */
  breakParagraph(): void {
    if (this.#column > 0) this.breakLine();
    if (this.#line > 0) this.breakLine();
  }

  get lines(): number {
    return this.#line + 1;
  }
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * An SVG that plays commands and their output as a terminal showed them, again and again; long pauses are cut. Where nothing
 * is animated, all of the text stands there.
 */
export function terminalSvg(title: string, recorded: readonly RecordedCommand[]): string {
  const screen = new Screen();
  let now = 500;
  for (const { command, pieces } of recorded) {
    screen.breakParagraph();
    screen.write("$ ", "prompt", now);
    for (const word of command.match(/\S+\s*/g) ?? []) {
      now += TYPING_MS * word.length;
      screen.write(word, "typed", now);
    }
    now += ENTER_MS;
    screen.breakLine();
    for (const { text, after } of pieces) {
      now += Math.min(after, LONGEST_PAUSE_MS);
      screen.write(text, "written", now);
    }
    now += READING_MS;
  }
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2).replace(/\.?0+$/, "")}s`;
  const width = Math.ceil(2 * MARGIN + COLUMNS * CELL);
  const top = 2.5 * MARGIN;
  const lines = screen.lines;
  const height = top + lines * LINE + MARGIN / 2;
  const classes = { prompt: "p", typed: "c", written: "o" } as const;
  const texts = screen.runs
    .filter(({ text }) => text.trim() !== "")
    .map(({ line, column, text, kind, at }) => {
      const indent = text.length - text.trimStart().length;
      const [x, y] = [(MARGIN + (column + indent) * CELL).toFixed(1), top + line * LINE + FONT_SIZE];
      // Whatever the font, a character is as wide as a cell.
      const wide = (text.trim().length * CELL).toFixed(1);
      const hide = `<set attributeName="opacity" to="0" begin="l.begin" dur="${seconds(at)}"/>`;
      return `<text class="${classes[kind]}" x="${x}" y="${y}" textLength="${wide}">${escaped(text.trim())}${hide}</text>`;
    });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}`,
    `.p{fill:#7ee787}.c{fill:#f0f6fc}.o{fill:#c9d1d9}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#6e7681"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (fill, i) => `<circle cx="${MARGIN + 4 + 16 * i}" cy="${MARGIN + 2}" r="5" fill="${fill}"/>`,
    ),
    // Nothing of it is seen; its begin is what all the others count from.
    `<rect width="0" height="0"><animate id="l" attributeName="x" to="0" begin="0s;l.end" dur="${seconds(now + END_MS)}"/></rect>`,
    ...texts,
    "</svg>",
    "",
  ].join("\n");
}
