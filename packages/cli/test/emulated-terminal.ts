import xterm from "@xterm/headless";
import type { Key } from "../src/terminal/key.ts";
import type { Terminal } from "../src/terminal/terminal.ts";

/** A terminal without a window, by xterm.js: what it shows is what a person would see. */
export class EmulatedTerminal implements Terminal {
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  #onKey: (key: Key) => void = () => undefined;
  readonly #onResize = new Set<() => void>();
  /** All that was written, piece by piece. */
  readonly pieces: string[] = [];
  suspended = 0;

  constructor(columns = 80, rows = 24) {
    this.#screen = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 5000,
      allowProposedApi: true,
      convertEol: true,
    });
  }

  get columns(): number {
    return this.#screen.cols;
  }

  get rows(): number {
    return this.#screen.rows;
  }

  write(text: string): void {
    this.pieces.push(text);
    this.#screen.write(text);
  }

  open(onKey: (key: Key) => void): () => void {
    this.#onKey = onKey;
    return () => {
      this.#onKey = () => undefined;
    };
  }

  onResize(handler: () => void): () => void {
    this.#onResize.add(handler);
    return () => void this.#onResize.delete(handler);
  }

  suspend(): Promise<void> {
    this.suspended++;
    return Promise.resolve();
  }

  press(...keys: readonly Key[]): void {
    for (const key of keys) this.#onKey(key);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#settled();
    this.#screen.resize(columns, rows);
    for (const handler of this.#onResize) handler();
  }

  /** Everything that was shown, also what has left the screen, without empty rows and spaces at the end. */
  async text(): Promise<string> {
    await this.#settled();
    const { active } = this.#screen.buffer;
    const rows = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
    return rows.join("\n").trimEnd();
  }

  /** Where the next character would go, on the screen. */
  async cursor(): Promise<{ readonly row: number; readonly column: number }> {
    await this.#settled();
    const { cursorX, cursorY, baseY } = this.#screen.buffer.active;
    return { row: baseY + cursorY, column: cursorX };
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#screen.write("", () => setTimeout(resolve));
    });
  }
}
