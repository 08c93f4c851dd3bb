/** One row of the screen: its text with the marks of the terminal, and the columns that it takes. */
export interface Row {
  readonly text: string;
  readonly width: number;
}

/** Where rows are drawn. */
export interface RowScreen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/**
 * Rows at the end of what a terminal shows, which are drawn again while they change. Only rows that differ are written, each
 * over what it was, so that nothing flickers; rows that have left the top of the screen stay as they are.
 */
export class LiveRows {
  readonly #screen: RowScreen;
  #drawn: readonly Row[] = [];
  #cursor: Place = { row: 0, column: 0 };
  /** What takes away rows of before, and is written with those that come next. */
  #takenAway = "";

  constructor(screen: RowScreen) {
    this.#screen = screen;
  }

  /** Draws rows in place of those before; `cursor` is where the next character would go, by default behind the last one. */
  draw(rows: readonly Row[], cursor: Place = endOf(rows)): void {
    const before = this.#drawn;
    const count = Math.max(rows.length, before.length);
    const lastDrawn = Math.max(before.length - 1, this.#cursor.row);
    // What is above has left the screen.
    const first = Math.max(0, lastDrawn - this.#screen.rows + 1);
    let out = this.#takenAway;
    this.#takenAway = "";
    let at = this.#cursor.row;
    const goTo = (row: number): void => {
      if (row < at) out += `\u001b[${at - row}A`;
      // A line break makes rows at the end of the screen.
      const existing = Math.max(0, Math.min(row, lastDrawn) - at);
      if (existing > 0) out += `\u001b[${existing}B`;
      out += "\r" + "\n".repeat(Math.max(0, row - Math.max(at, lastDrawn)));
      at = row;
    };
    for (let index = first; index < count; index++) {
      const [old, row] = [before[index], rows[index]];
      if (row === undefined) {
        goTo(index);
        out += "\u001b[J";
        break;
      }
      if (old?.text === row.text) continue;
      goTo(index);
      out += row.text + ((old?.width ?? 0) > row.width ? "\u001b[K" : "");
    }
    if (out !== "" || cursor.row !== this.#cursor.row || cursor.column !== this.#cursor.column) {
      goTo(Math.max(cursor.row, rows.length - this.#screen.rows, first));
      if (cursor.column > 0) out += `\u001b[${cursor.column}C`;
      this.#screen.write(out);
    }
    this.#drawn = rows;
    this.#cursor = cursor;
  }

  /** Lets go of the first rows: they stay, and are not drawn again. */
  release(count: number): void {
    this.#drawn = this.#drawn.slice(count);
    this.#cursor = { row: this.#cursor.row - count, column: this.#cursor.column };
  }

  /** Lets go of all rows, and begins a new one. */
  end(): void {
    const down = Math.max(0, this.#drawn.length - 1 - this.#cursor.row);
    this.#screen.write(`${down > 0 ? `\u001b[${down}B` : ""}\r\n`);
    this.#drawn = [];
    this.#cursor = { row: 0, column: 0 };
  }

  /** Takes the rows away, as far as they are on the screen. */
  clear(): void {
    this.restart();
    this.#screen.write(this.#takenAway);
    this.#takenAway = "";
  }

  /** Takes the rows away with the next ones that are drawn, in one piece: nobody sees the screen without them. */
  restart(): void {
    const { columns, rows } = this.#screen;
    // Terminals have broken them anew where they became narrower.
    const heightOf = (width: number): number => Math.max(1, Math.ceil(width / columns));
    const above = this.#drawn.slice(0, this.#cursor.row).reduce((sum, { width }) => sum + heightOf(width), 0);
    const up = Math.min(above + Math.floor(this.#cursor.column / columns), rows - 1);
    this.#takenAway += `${up > 0 ? `\u001b[${up}A` : ""}\r\u001b[J`;
    this.#drawn = [];
    this.#cursor = { row: 0, column: 0 };
  }
}

const endOf = (rows: readonly Row[]): Place => ({
  row: Math.max(0, rows.length - 1),
  column: rows.at(-1)?.width ?? 0,
});
