import { ApiError } from "../errors.ts";

export interface AdmissionOptions {
  /** Texts that are computed at the same time, at most. */
  readonly maxSequences: number;
  /** Requests that wait for their turn, at most. */
  readonly maxWaiting: number;
  /** Of the texts, those of batches at most; default: three quarters, and one at least. */
  readonly batchSequences?: number;
}

export interface EnterOptions {
  readonly signal?: AbortSignal;
  /** Whether nobody waits for the answer: it comes after all others, and does not count among those that wait. */
  readonly isBatch?: boolean;
}

/** Weight of the newest place in the mean of how long they are held. */
const NEWEST = 0.1;

/** A request's place among the running ones; it must be released. */
export interface Admitted extends Disposable {
  release(): void;
}

interface Waiting {
  readonly sequences: number;
  readonly isBatch: boolean;
  readonly admit: (place: Admitted) => void;
}

/**
 * Lets requests in, first come, first served, as many texts at once as the engine is to compute. Those of batches come in where no
 * other request waits, and take no more than their share, so that there is room for who comes next.
 */
export class Admission {
  readonly maxSequences: number;
  readonly maxWaiting: number;
  readonly batchSequences: number;
  #running = 0;
  #ofBatches = 0;
  #waiting: Waiting[] = [];
  #behind: Waiting[] = [];
  /** How long places were held, in ms: a mean that forgets. */
  #heldMs = 0;

  constructor({ maxSequences, maxWaiting, batchSequences }: AdmissionOptions) {
    this.maxSequences = maxSequences;
    this.maxWaiting = maxWaiting;
    this.batchSequences = batchSequences ?? Math.max(1, Math.floor(maxSequences * 0.75));
  }

  /** Texts under way. */
  get running(): number {
    return this.#running;
  }

  /** Requests that wait, without those of batches. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for the turn of a request of so many texts. One of more texts than may run at once has the server to itself.
   *
   * @throws ApiError 429 where too many wait; the signal's reason when aborted
   */
  async enter(sequences: number, { signal, isBatch = false }: EnterOptions = {}): Promise<Admitted> {
    signal?.throwIfAborted();
    const queue = isBatch ? this.#behind : this.#waiting;
    const isFirst = this.#waiting.length === 0 && queue.length === 0;
    if (isFirst && this.#hasRoom({ sequences, isBatch })) return this.#admit({ sequences, isBatch });
    // For each place that a batch has one more may wait: as many are taken as without it.
    if (!isBatch && queue.length >= this.maxWaiting + this.#ofBatches)
      throw new ApiError("server", `is busy: ${queue.length} requests wait already; try again in a moment`, {
        status: 429,
        type: "rate_limit_error",
        code: "queue_full",
        retryAfter: this.#secondsUntilRoom(),
        details: { waiting: queue.length, running: this.#running },
      });
    return new Promise<Admitted>((resolve, reject) => {
      const leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal?.reason as Error);
        // What stood behind it may fit.
        this.#admitNext();
      };
      const waiting: Waiting = {
        sequences,
        isBatch,
        admit: (place) => {
          signal?.removeEventListener("abort", leave);
          resolve(place);
        },
      };
      queue.push(waiting);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** When a place of the queue will be free, as things went so far: from 1 to 60. */
  #secondsUntilRoom(): number {
    const places = Math.max(1, Math.min(this.maxSequences, this.#running));
    return Math.min(60, Math.max(1, Math.ceil(this.#heldMs / places / 1000)));
  }

  #hasRoom({ sequences, isBatch }: Pick<Waiting, "sequences" | "isBatch">): boolean {
    const isWithinShare = !isBatch || this.#ofBatches === 0 || this.#ofBatches + sequences <= this.batchSequences;
    return isWithinShare && (this.#running === 0 || this.#running + sequences <= this.maxSequences);
  }

  #admit({ sequences, isBatch }: Pick<Waiting, "sequences" | "isBatch">): Admitted {
    this.#running += sequences;
    if (isBatch) this.#ofBatches += sequences;
    const since = performance.now();
    let isOver = false;
    const release = (): void => {
      if (isOver) return;
      isOver = true;
      this.#running -= sequences;
      if (isBatch) this.#ofBatches -= sequences;
      const ms = performance.now() - since;
      this.#heldMs += (ms - this.#heldMs) * (this.#heldMs === 0 ? 1 : NEWEST);
      this.#admitNext();
    };
    return { release, [Symbol.dispose]: release };
  }

  /** Lets in whoever has room by now: batches once nobody else waits. */
  #admitNext(): void {
    for (const queue of [this.#waiting, this.#behind]) {
      for (let next = queue[0]; next && this.#hasRoom(next); next = queue[0]) {
        queue.shift();
        next.admit(this.#admit(next));
      }
      if (queue.length > 0) return;
    }
  }
}
