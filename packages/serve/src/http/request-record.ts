/** What becomes of a request, for its line in the log and for the figures of the server. It holds no texts. */
export class RequestRecord {
  readonly requestId: string;
  /** `performance.now()` when it came. */
  readonly arrivedAt: number;
  /** Id of the model that it asked for, once that is known. */
  model: string | null = null;
  promptTokens = 0;
  completionTokens = 0;
  #working = false;
  #onRest: (() => void) | null = null;

  constructor(requestId: string, arrivedAt = performance.now()) {
    this.requestId = requestId;
    this.arrivedAt = arrivedAt;
  }

  /** Milliseconds since it came. */
  get ms(): number {
    return performance.now() - this.arrivedAt;
  }

  /** Its answer is being made; of a stream that goes on when its response has long been given. */
  begin(): void {
    this.#working = true;
  }

  /** Its answer is made, or given up. */
  end(): void {
    this.#working = false;
    this.#onRest?.();
    this.#onRest = null;
  }

  /** Calls once nothing more is done for it, at once where nothing is. */
  whenDone(listener: () => void): void {
    if (this.#working) this.#onRest = listener;
    else listener();
  }
}
