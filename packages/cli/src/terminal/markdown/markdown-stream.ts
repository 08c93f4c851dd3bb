import { lexer, type Token } from "marked";
import { LiveRows, type RowScreen } from "../rows/live-rows.ts";
import { blocksRows, isApart, type SpanRow } from "./block-rows.ts";
import { rowOf, span, type Paint } from "./spans.ts";
import { cutSpans, wrapSpans } from "./wrap-spans.ts";

/** Markdown as rows of the terminal. What no parser reads, such as thousands of quotes within each other, is shown as it is. */
function rowsOf(tokens: readonly Token[], width: number, paint: Paint): readonly SpanRow[] {
  // Whatever a block is, no row is wider than the screen.
  return blocksRows(tokens, width, paint).flatMap((row) => cutSpans(row, width));
}

/** Blocks of a text. @returns null for one that the parser gives up on */
function blocksOf(text: string): readonly Token[] | null {
  try {
    const tokens = lexer(text);
    return tokens.map(({ raw }) => raw).join("") === text ? tokens : null;
  } catch {
    return null;
  }
}

/**
 * Place of the first block that may still change. Nothing that follows changes a block once another one has begun; but what has
 * begun may turn out to be more of the one above until its first line is complete, as "2" may become the item "2. two".
 */
function openBlock(tokens: readonly Token[]): number {
  const last = tokens.findLastIndex(({ type }) => type !== "space");
  if (tokens[last]?.raw.includes("\n")) return last;
  return Math.max(
    0,
    tokens.findLastIndex(({ type }, index) => index < last && type !== "space"),
  );
}

/**
 * Shows Markdown while it comes. Blocks that are complete are written once; of the one that is still open, only rows that have
 * changed are written again.
 */
export class MarkdownStream {
  readonly #screen: RowScreen;
  readonly #paint: Paint;
  readonly #rows: LiveRows;
  /** The text of the open block. */
  #open = "";
  /** The block before it. */
  #above: Token | null = null;
  /** A carriage return that may belong to a line feed. */
  #held = "";

  constructor(screen: RowScreen, paint: Paint) {
    this.#screen = screen;
    this.#paint = paint;
    this.#rows = new LiveRows(screen);
  }

  push(text: string): void {
    const joined = this.#held + text;
    this.#held = joined.endsWith("\r") ? "\r" : "";
    this.#open += joined.slice(0, joined.length - this.#held.length).replace(/\r\n?/g, "\n");
    this.#draw();
  }

  /** Draws the open block anew: the screen has another size. */
  redraw(): void {
    this.#rows.restart();
    this.#draw();
  }

  /** Ends the text, and goes to a new line. */
  end(): void {
    this.#open += this.#held === "" ? "" : "\n";
    this.#draw();
    if (this.#open.trim() !== "" || this.#above !== null) this.#rows.end();
    [this.#open, this.#above, this.#held] = ["", null, ""];
  }

  #draw(): void {
    const width = Math.max(2, this.#screen.columns - 1);
    const tokens = blocksOf(this.#open);
    if (tokens === null) {
      this.#rows.draw(wrapSpans([span(this.#open)], width).map((row) => rowOf(row, this.#paint)));
      return;
    }
    const last = openBlock(tokens);
    const [closed, open] = [tokens.slice(0, last), tokens.slice(last)];
    const above = this.#rowsBelow(this.#above, closed);
    const below = this.#rowsBelow(closed.at(-1) ?? this.#above, open);
    this.#rows.draw([...above, ...below].map((row) => rowOf(row, this.#paint)));
    if (closed.length === 0) return;
    this.#rows.release(above.length);
    this.#above = closed.at(-1) ?? null;
    this.#open = open.map(({ raw }) => raw).join("");
  }

  #rowsBelow(above: Token | null, tokens: readonly Token[]): readonly SpanRow[] {
    const width = Math.max(2, this.#screen.columns - 1);
    const rows = rowsOf(tokens, width, this.#paint);
    const [first] = tokens;
    const isFirst = above === null || first === undefined || rows.length === 0;
    return isFirst || !isApart(above, first) ? rows : [[], ...rows];
  }
}
