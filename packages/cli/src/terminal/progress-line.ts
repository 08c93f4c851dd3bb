import type { CliIo } from "./cli-io.ts";
import { formatBytes, formatDuration, formatShare } from "./quantities.ts";

export interface ProgressSetup {
  /** What is going on: "loading". */
  readonly label: string;
  /** How an amount of what is done is shown; default: as bytes. */
  readonly format?: (amount: number) => string;
  /** Nothing is shown then, as where stderr is no terminal. */
  readonly quiet?: boolean;
  /** Milliseconds from any beginning. */
  readonly now?: () => number;
}

/** A job shorter than this shows nothing, in ms. */
const PATIENCE_MS = 500;

/** Least time between two states of the line, in ms. */
const FRAME_MS = 100;

/** A line on stderr that is written over and over, and removed in the end: bytes done, rate and time left. */
export class ProgressLine {
  readonly #stderr: CliIo["stderr"];
  readonly #label: string;
  readonly #format: (amount: number) => string;
  readonly #now: () => number;
  readonly #isShowing: boolean;
  readonly #start: number;
  /** When the line was last written; null: never. */
  #written: number | null = null;

  constructor(
    { stderr }: Pick<CliIo, "stderr">,
    { label, format = formatBytes, quiet = false, now = () => performance.now() }: ProgressSetup,
  ) {
    this.#stderr = stderr;
    this.#label = label;
    this.#format = format;
    this.#now = now;
    this.#isShowing = stderr.isTTY === true && !quiet;
    this.#start = now();
  }

  /**
   * @param done of `total`
   * @param secondsLeft where the caller knows better than the pace so far
   * @param note what else is to be said
   */
  show(done: number, total: number, secondsLeft?: number | null, note?: string | null): void {
    if (!this.#isShowing) return;
    const now = this.#now();
    const elapsed = now - this.#start;
    if (elapsed < PATIENCE_MS || (this.#written !== null && now - this.#written < FRAME_MS)) return;
    this.#written = now;
    const perMs = done / elapsed;
    const left = Math.max(0, total - done);
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const parts = [
      `${this.#label} ${formatShare(share).trim()}, ${this.#format(Math.min(done, total))} of ${this.#format(total)}`,
      `${this.#format(Math.round(perMs * 1000))}/s`,
      ...(perMs > 0 ? [`${formatDuration(secondsLeft ?? left / perMs / 1000)} left`] : []),
      ...(note ? [note] : []),
    ];
    this.#stderr.write(`\r${parts.join(" · ")}\u001b[K`);
  }

  clear(): void {
    if (this.#written !== null) this.#stderr.write("\r\u001b[K");
    this.#written = null;
  }
}
