/** Longest stretch of work between two turns of the event loop, in ms. */
const BUDGET_MS = 25;

/**
 * Keeps the event loop alive during long work: timers, sockets and abort signals run between stretches. One pacer
 * belongs to one piece of work.
 */
export class Pacer {
  readonly #signal: AbortSignal | undefined;
  #last = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Time since the event loop last had its turn, in ms. */
  get elapsed(): number {
    return performance.now() - this.#last;
  }

  /** Gives the event loop a turn when the budget is spent. @throws the signal's reason when it was aborted */
  async pause(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (this.elapsed < BUDGET_MS) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.#last = performance.now();
    this.#signal?.throwIfAborted();
  }
}

/** Prompt tokens per chunk so that one chunk fills the budget, from the pace of the chunk before. */
export function nextChunkSize(size: number, elapsedMs: number): number {
  const ideal = (size * BUDGET_MS) / Math.max(elapsedMs, 0.1);
  return Math.max(1, Math.min(512, Math.floor(Math.min(ideal, size * 4))));
}
