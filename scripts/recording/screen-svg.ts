/** Text of one row that looks alike. */
interface Run {
  readonly column: number;
  readonly text: string;
  readonly classes: string;
}

const [FONT_SIZE, CELL, LINE, MARGIN] = [13, 7.8, 18, 16];

/** SGR codes by the classes of the style sheet; others are not used by the command. */
const classes: Readonly<Record<string, string>> = {
  ...{ 1: "b", 2: "d", 3: "i", 4: "u", 9: "s" },
  ...{ 31: "red", 32: "green", 33: "yellow", 34: "blue", 35: "magenta", 36: "cyan" },
};

/** Codes that end others. */
const ends: Readonly<Record<string, readonly string[]>> = {
  ...{ 22: ["b", "d"], 23: ["i"], 24: ["u"], 29: ["s"] },
  39: ["red", "green", "yellow", "blue", "magenta", "cyan"],
};

/** Rows of `tmux capture-pane -e` as runs; what a row begins lasts beyond its end. */
function runsOf(rows: readonly string[]): Run[][] {
  let active: readonly string[] = [];
  return rows.map((row) => {
    const runs: Run[] = [];
    let column = 0;
    for (const part of row.split(/(\u001b\[[\d;]*m)/)) {
      const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
      if (codes === undefined) {
        if (part.trim() !== "") runs.push({ column, text: part, classes: active.join(" ") });
        column += part.length;
        continue;
      }
      for (const code of codes.split(";")) {
        const known = classes[code];
        if (code === "" || code === "0") active = [];
        else if (known !== undefined) active = [...active.filter((one) => one !== known), known];
        else active = active.filter((one) => !ends[code]?.includes(one));
      }
    }
    return runs;
  });
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An SVG of what a terminal shows, given as text with SGR codes. */
export function screenSvg(title: string, screen: string, columns: number): string {
  const rows = screen.split("\n");
  const width = Math.ceil(2 * MARGIN + columns * CELL);
  const top = 2.5 * MARGIN;
  const height = top + rows.length * LINE + MARGIN / 2;
  const texts = runsOf(rows).flatMap((runs, line) =>
    runs.map(({ column, text, classes }) => {
      const indent = text.length - text.trimStart().length;
      const shown = text.trim();
      const x = (MARGIN + (column + indent) * CELL).toFixed(1);
      // Whatever the font, a character is as wide as a cell.
      const wide = (shown.length * CELL).toFixed(1);
      const style = classes === "" ? "" : ` class="${classes}"`;
      return `<text${style} x="${x}" y="${top + line * LINE + FONT_SIZE}" textLength="${wide}">${escaped(shown)}</text>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#c9d1d9;white-space:pre}`,
    `.b{font-weight:bold;fill:#f0f6fc}.d{fill:#8b949e}.i{font-style:italic}.u{text-decoration:underline}.s{text-decoration:line-through}`,
    `.cyan{fill:#76e3ea}.green{fill:#7ee787}.yellow{fill:#e3b341}.magenta{fill:#d2a8ff}.blue{fill:#79c0ff}.red{fill:#ff7b72}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#6e7681"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (fill, i) => `<circle cx="${MARGIN + 4 + 16 * i}" cy="${MARGIN + 2}" r="5" fill="${fill}"/>`,
    ),
    ...texts,
    "</svg>",
    "",
  ].join("\n");
}
