/**
 * Ends a request that is silent for too long: its signal is aborted when nobody has called `touch` for `idleMs`, and, with
 * the same reason, when the caller's own signal is.
 */
export class IdleTimer {
  readonly #controller = new AbortController();
  readonly #idleMs: number;
  readonly #parent: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(idleMs: number, parent: AbortSignal | undefined) {
    this.#idleMs = idleMs;
    this.#parent = parent;
    if (parent?.aborted) this.#stop();
    parent?.addEventListener("abort", this.#stop);
    this.touch();
  }

  /** For the request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came: the wait begins anew. */
  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`no data for ${this.#idleMs / 1000} s`)),
      this.#idleMs,
    );
  }

  /** Ends the request if it still runs. */
  cancel(): void {
    this.end();
    this.#controller.abort();
  }

  /** Stops watching. */
  end(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener("abort", this.#stop);
  }

  readonly #stop = (): void => this.#controller.abort(this.#parent?.reason);
}
