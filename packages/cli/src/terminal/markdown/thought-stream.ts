import { LiveRows, type RowScreen } from "../rows/live-rows.ts";
import { rowOf, span, type Paint } from "./spans.ts";
import { wrapSpans } from "./wrap-spans.ts";

/** Shows the thoughts before an answer while they come: dim, as they are; or only that there are some. */
export class ThoughtStream {
  readonly #screen: RowScreen;
  readonly #paint: Paint;
  readonly #isShown: boolean;
  readonly #rows: LiveRows;
  /** Lines that are not let go of yet. */
  #open = "";

  constructor(screen: RowScreen, paint: Paint, isShown: boolean) {
    this.#screen = screen;
    this.#paint = paint;
    this.#isShown = isShown;
    this.#rows = new LiveRows(screen);
  }

  push(text: string): void {
    this.#open += text.replace(/\r/g, "");
    if (!this.#isShown) this.#open = "thinking …";
    this.#draw();
    const lines = this.#open.split("\n");
    const last = lines.pop() ?? "";
    if (lines.length === 0) return;
    this.#rows.release(lines.reduce((sum, line) => sum + this.#rowsOf(line).length, 0));
    this.#open = last;
  }

  redraw(): void {
    this.#rows.restart();
    this.#draw();
  }

  /** Ends them, with an empty row below; where they are not shown, nothing is left of them. */
  end(): void {
    if (!this.#isShown) this.#rows.clear();
    else {
      this.#rows.end();
      this.#screen.write("\r\n");
    }
    this.#open = "";
  }

  #draw(): void {
    this.#rows.draw(this.#open.split("\n").flatMap((line) => this.#rowsOf(line)));
  }

  #rowsOf(line: string): ReturnType<typeof rowOf>[] {
    const width = Math.max(2, this.#screen.columns - 1);
    return wrapSpans([span(line, "dim")], width).map((row) => rowOf(row, this.#paint));
  }
}
