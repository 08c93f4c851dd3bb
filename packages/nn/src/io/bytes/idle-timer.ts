/** Looks at the clock within `idleMs`. */
const LOOKS = 8;

/**
 * Ends a request that is silent for too long: its signal is aborted when nobody has called `touch` for `idleMs`, up to an
 * eighth more, and, with the same reason, when the caller's own signal is. A process that was stopped meanwhile, as with a
 * laptop's lid, has not listened: however long it was, it counts as an eighth.
 */
export class IdleTimer {
  readonly #controller = new AbortController();
  readonly #idleMs: number;
  readonly #parent: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Looks at which nothing had come. */
  #silent = 0;

  constructor(idleMs: number, parent: AbortSignal | undefined) {
    this.#idleMs = idleMs;
    this.#parent = parent;
    if (parent?.aborted) this.#stop();
    parent?.addEventListener("abort", this.#stop);
    this.#timer = setInterval(() => {
      // The first look may come as soon as the request does.
      if (++this.#silent > LOOKS) this.#giveUp();
    }, idleMs / LOOKS);
  }

  /** For the request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came: the wait begins anew. */
  touch(): void {
    this.#silent = 0;
  }

  /** Ends the request if it still runs. */
  cancel(): void {
    this.end();
    this.#controller.abort();
  }

  /** Stops watching. */
  end(): void {
    clearInterval(this.#timer);
    this.#parent?.removeEventListener("abort", this.#stop);
  }

  #giveUp(): void {
    clearInterval(this.#timer);
    this.#controller.abort(new Error(`no data for ${this.#idleMs / 1000} s`));
  }

  readonly #stop = (): void => this.#controller.abort(this.#parent?.reason);
}
