import type { Key } from "../key.ts";
import { LiveRows } from "../rows/live-rows.ts";
import type { Terminal } from "../terminal.ts";
import { completed, type Complete } from "./complete.ts";
import { newEditor, type EditorState } from "./editor-state.ts";
import { layoutOf, windowOf, type Prompts } from "./layout.ts";
import { pressKey } from "./press-key.ts";

/** What a user has done: sent a text, pressed Ctrl-C on an empty line, or ended the input. */
export type LineRead =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "interrupt" } | { readonly kind: "end" };

export interface LineEditorOptions {
  readonly prompts: Prompts;
  readonly complete: Complete;
  /** Lists what can be chosen from, as lines that stand above the text. */
  readonly describeChoices: (choices: readonly string[], columns: number) => readonly string[];
}

/** Lets a user write messages in a terminal, one after another. Keys that come in between are kept for the next one. */
export class LineEditor {
  readonly #terminal: Terminal;
  readonly #options: LineEditorOptions;
  readonly #rows: LiveRows;
  readonly #waiting: Key[] = [];
  readonly #close: () => void;
  #listener: ((key: Key) => void) | null = null;
  #killed = "";

  constructor(terminal: Terminal, options: LineEditorOptions) {
    this.#terminal = terminal;
    this.#options = options;
    this.#rows = new LiveRows(terminal);
    this.#close = terminal.open((key) => {
      if (this.#listener) this.#listener(key);
      else this.#waiting.push(key);
    });
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  /** Hears Ctrl-C while nothing is read, until the function that it returns is called. What was typed ahead is dropped then. */
  onInterrupt(handler: () => void): () => void {
    this.#listener = (key) => {
      if (key.kind === "press" && key.name === "C-c") {
        this.#waiting.length = 0;
        handler();
      } else this.#waiting.push(key);
    };
    return () => {
      this.#listener = null;
    };
  }

  /** Reads a text; earlier ones are at hand. @throws the signal's reason */
  read(history: readonly string[], signal?: AbortSignal): Promise<LineRead> {
    return new Promise((resolve, reject) => {
      const reading = new Reading(this.#terminal, this.#rows, this.#options, newEditor(history, this.#killed));
      const abort = (): void => finish(() => reject(signal?.reason as Error));
      const offResize = this.#terminal.onResize(() => reading.redraw());
      const finish = (settle: () => void): void => {
        this.#listener = null;
        this.#killed = reading.killed;
        offResize();
        signal?.removeEventListener("abort", abort);
        settle();
      };
      const hear = (key: Key): void => {
        const read = reading.press(key);
        if (read === "suspended") {
          this.#listener = null;
          void this.#terminal.suspend().then(() => {
            this.#listener = hear;
            reading.redraw();
          });
        } else if (read !== null) finish(() => resolve(read));
      };
      this.#listener = hear;
      reading.draw();
      if (signal?.aborted) return void abort();
      signal?.addEventListener("abort", abort);
      while (this.#listener === hear && this.#waiting.length > 0) hear(this.#waiting.shift() as Key);
    });
  }
}

/** One text that is being written. */
class Reading {
  readonly #terminal: Terminal;
  readonly #rows: LiveRows;
  readonly #options: LineEditorOptions;
  #state: EditorState;
  #isDrawn = true;

  constructor(terminal: Terminal, rows: LiveRows, options: LineEditorOptions, state: EditorState) {
    this.#terminal = terminal;
    this.#rows = rows;
    this.#options = options;
    this.#state = state;
  }

  get killed(): string {
    return this.#state.killed;
  }

  press(key: Key): LineRead | "suspended" | null {
    const { state, wish } = pressKey(this.#state, key);
    this.#state = state;
    switch (wish) {
      case null:
        this.#drawSoon();
        return null;
      case "submit":
        this.#leave();
        return { kind: "text", text: state.text };
      case "end":
        this.#leave();
        return { kind: "end" };
      case "interrupt":
        this.#leave();
        // As in a shell: what was being written is dropped, and a new line begins.
        if (state.text === "") return { kind: "interrupt" };
        this.#state = newEditor(state.history, state.killed);
        this.draw();
        return null;
      case "complete":
        this.#complete();
        return null;
      case "clear-screen":
        this.#rows.clear();
        this.#terminal.write("\u001b[H\u001b[2J");
        this.draw();
        return null;
      case "suspend":
        this.#leave();
        return "suspended";
    }
  }

  redraw(): void {
    this.#rows.restart();
    this.draw();
  }

  draw(): void {
    this.#isDrawn = true;
    const { columns, rows } = this.#terminal;
    const layout = windowOf(layoutOf(this.#state, this.#options.prompts, columns), Math.max(1, rows - 1));
    this.#rows.draw(layout.rows, layout.cursor);
  }

  /** Keys that come together are drawn once. */
  #drawSoon(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    queueMicrotask(() => {
      if (!this.#isDrawn) this.draw();
    });
  }

  /** Shows all of the text, and goes to a new line. */
  #leave(): void {
    const { columns } = this.#terminal;
    this.#isDrawn = true;
    const shown = { ...this.#state, search: null };
    const { rows } = layoutOf(shown, this.#options.prompts, columns);
    // Where only a part had room, all of it is written anew.
    if (rows.length > this.#terminal.rows - 1) this.#rows.restart();
    this.#rows.draw(rows);
    this.#rows.end();
  }

  #complete(): void {
    const { state, choices } = completed(this.#state, this.#options.complete);
    this.#state = state;
    if (choices.length > 0) {
      this.#leave();
      const lines = this.#options.describeChoices(choices, this.#terminal.columns);
      this.#terminal.write(lines.map((line) => `${line}\r\n`).join(""));
    }
    this.draw();
  }
}
