/** Longest stretch of work between two turns of the event loop, in ms. */
const BUDGET_MS = 25;

/** Longest pass on a device beside the event loop, in ms: nobody waits but those whose tokens are of the same engine. */
const DEVICE_BUDGET_MS = 250;

/** Tokens that a pass on such a device has room for at least: a pass of one token is mostly waiting for the device. */
const LEAST_ON_DEVICE = 16;

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

  /** The budget is spent. */
  get isDue(): boolean {
    return this.elapsed >= BUDGET_MS;
  }

  /** The event loop has had its turn. */
  reset(): void {
    this.#last = performance.now();
  }

  /** Gives the event loop a turn when the budget is spent. @throws the signal's reason when it was aborted */
  async pause(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (!this.isDue) return;
    await nextTurn();
    this.reset();
    this.#signal?.throwIfAborted();
  }
}

/**
 * Prompt tokens per chunk so that one chunk fills the budget, from the pace of the chunk before.
 *
 * @param isBeside the backend computes beside the event loop
 */
export function nextChunkSize(size: number, elapsedMs: number, isBeside: boolean): number {
  const ideal = (size * (isBeside ? DEVICE_BUDGET_MS : BUDGET_MS)) / Math.max(elapsedMs, 0.1);
  const least = isBeside ? LEAST_ON_DEVICE : 1;
  return Math.max(least, Math.min(512, Math.floor(Math.min(ideal, size * 4))));
}

/** One turn of the event loop: what waits for promises, sockets and messages goes first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") return void setImmediate(resolve);
    if (typeof MessageChannel === "undefined") return void setTimeout(resolve, 0);
    // A page holds nested timers back by 4 ms, but not messages.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
