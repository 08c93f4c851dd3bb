import { ApiError } from "../errors.ts";

export interface AdmissionOptions {
  /** Texts that are computed at the same time, at most. */
  readonly maxSequences: number;
  /** Requests that wait for their turn, at most. */
  readonly maxWaiting: number;
}

/** Weight of the newest place in the mean of how long they are held. */
const NEWEST = 0.1;

/** A request's place among the running ones; it must be released. */
export interface Admitted extends Disposable {
  release(): void;
}

interface Waiting {
  readonly sequences: number;
  readonly admit: (place: Admitted) => void;
}

/** Lets requests in, first come, first served, as many texts at once as the engine is to compute. */
export class Admission {
  readonly maxSequences: number;
  readonly maxWaiting: number;
  #running = 0;
  #waiting: Waiting[] = [];
  /** How long places were held, in ms: a mean that forgets. */
  #heldMs = 0;

  constructor({ maxSequences, maxWaiting }: AdmissionOptions) {
    this.maxSequences = maxSequences;
    this.maxWaiting = maxWaiting;
  }

  /** Texts under way. */
  get running(): number {
    return this.#running;
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for the turn of a request of so many texts. One of more texts than may run at once has the server to itself.
   *
   * @throws ApiError 429 where too many wait; the signal's reason when aborted
   */
  async enter(sequences: number, signal?: AbortSignal): Promise<Admitted> {
    signal?.throwIfAborted();
    if (this.#waiting.length === 0 && this.#hasRoom(sequences)) return this.#admit(sequences);
    if (this.#waiting.length >= this.maxWaiting)
      throw new ApiError("server", `is busy: ${this.#waiting.length} requests wait already; try again in a moment`, {
        status: 429,
        type: "rate_limit_error",
        code: "queue_full",
        retryAfter: this.#secondsUntilRoom(),
        details: { waiting: this.#waiting.length, running: this.#running },
      });
    return new Promise<Admitted>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        reject(signal?.reason as Error);
      };
      const waiting: Waiting = {
        sequences,
        admit: (place) => {
          signal?.removeEventListener("abort", leave);
          resolve(place);
        },
      };
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** When a place of the queue will be free, as things went so far: from 1 to 60. */
  #secondsUntilRoom(): number {
    const places = Math.max(1, Math.min(this.maxSequences, this.#running));
    return Math.min(60, Math.max(1, Math.ceil(this.#heldMs / places / 1000)));
  }

  #hasRoom(sequences: number): boolean {
    return this.#running === 0 || this.#running + sequences <= this.maxSequences;
  }

  #admit(sequences: number): Admitted {
    this.#running += sequences;
    const since = performance.now();
    let isOver = false;
    const release = (): void => {
      if (isOver) return;
      isOver = true;
      this.#running -= sequences;
      const ms = performance.now() - since;
      this.#heldMs += (ms - this.#heldMs) * (this.#heldMs === 0 ? 1 : NEWEST);
      for (let next = this.#waiting[0]; next && this.#hasRoom(next.sequences); next = this.#waiting[0]) {
        this.#waiting.shift();
        next.admit(this.#admit(next.sequences));
      }
    };
    return { release, [Symbol.dispose]: release };
  }
}
