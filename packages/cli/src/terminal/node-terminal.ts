import { emitKeypressEvents } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { KeyReader, type NodeKey } from "./key-reader.ts";
import type { Key } from "./key.ts";
import type { Terminal } from "./terminal.ts";

const BRACKETED_PASTE = { on: "\u001b[?2004h", off: "\u001b[?2004l" };

/** What a terminal has that tells nobody its size. */
const USUAL = { columns: 80, rows: 24 };

/** The terminal that the process was started in. */
export class NodeTerminal implements Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns || USUAL.columns;
  }

  get rows(): number {
    return this.#output.rows || USUAL.rows;
  }

  write(text: string): void {
    this.#output.write(text);
  }

  open(onKey: (key: Key) => void): () => void {
    const input = this.#input;
    const reader = new KeyReader(onKey);
    const hear = (text: string | undefined, key: NodeKey): void => reader.read(text, key);
    emitKeypressEvents(input);
    input.on("keypress", hear);
    this.#take();
    // However the process ends, the shell gets its terminal back as it was.
    const leave = (): void => this.#giveBack();
    process.once("exit", leave);
    return () => {
      process.off("exit", leave);
      input.off("keypress", hear);
      this.#giveBack();
    };
  }

  onResize(handler: () => void): () => void {
    this.#output.on("resize", handler);
    return () => void this.#output.off("resize", handler);
  }

  async suspend(): Promise<void> {
    // Windows has no such thing.
    if (process.platform === "win32") return;
    this.#giveBack();
    // Neither an input that is paused nor a signal that is waited for keeps the process alive.
    const alive = setInterval(() => undefined, 2 ** 30);
    await new Promise<void>((resolve) => {
      process.once("SIGCONT", () => resolve());
      process.kill(process.pid, "SIGTSTP");
    });
    clearInterval(alive);
    this.#take();
  }

  #take(): void {
    this.#input.setRawMode(true);
    this.#input.resume();
    this.write(BRACKETED_PASTE.on);
  }

  #giveBack(): void {
    this.write(BRACKETED_PASTE.off);
    // A signal that ends the command destroys its input.
    if (this.#input.destroyed) return;
    this.#input.setRawMode(false);
    this.#input.pause();
  }
}
