/** How far an evaluation is. */
export interface EvaluationProgress {
  /** Requests that were answered, those of the journal included. */
  readonly done: number;
  readonly total: number;
  /** Those that the journal had. */
  readonly reused: number;
  /** Null before there is a pace. */
  readonly secondsLeft: number | null;
}

/** Counts answers, and tells how long the others will take: each costs as much as its share of the characters that are read. */
export class ProgressMeter {
  readonly #total: number;
  readonly #work: number;
  readonly #now: () => number;
  readonly #start: number;
  #done = 0;
  #reused = 0;
  #worked = 0;
  #workBefore = 0;

  /** @param work characters of all requests @param now in ms */
  constructor(total: number, work: number, now: () => number = () => performance.now()) {
    this.#total = total;
    this.#work = work;
    this.#now = now;
    this.#start = now();
  }

  /** An answer that was there. */
  reuse(work: number): void {
    this.#done++;
    this.#reused++;
    this.#workBefore += work;
  }

  /** An answer that came now. */
  add(work: number): void {
    this.#done++;
    this.#worked += work;
  }

  get progress(): EvaluationProgress {
    const seconds = (this.#now() - this.#start) / 1000;
    const left = this.#work - this.#workBefore - this.#worked;
    return {
      done: this.#done,
      total: this.#total,
      reused: this.#reused,
      secondsLeft: this.#worked > 0 ? (seconds / this.#worked) * left : null,
    };
  }
}
