import { startWorker, type WorkerHandle } from "../../workers/start-worker.ts";
import { quantizeRows, type QuantizedRows, type RowsToQuantize } from "./quantize-rows.ts";
import type { Answer } from "./worker-entry.ts";

/** Jobs a worker has at a time: the next one waits for it, not it for the next one. */
const AT_ONCE = 2;

interface Job {
  readonly rows: RowsToQuantize;
  readonly settle: (make: () => QuantizedRows) => void;
}

interface Member {
  readonly worker: WorkerHandle<RowsToQuantize>;
  readonly jobs: Job[];
}

/** Workers that quantise rows. What no worker can do, the calling thread does. */
export class QuantizeWorkers {
  readonly #members: Member[] = [];
  readonly #waiting: Job[] = [];
  readonly #onDeath: (reason: string) => void;
  #running = 0;

  private constructor(onDeath: (reason: string) => void) {
    this.#onDeath = onDeath;
  }

  /**
   * @param onDeath told why the workers are gone: the platform allows none, or one of them ended by itself
   * @throws WorkersRefusedError where the platform forbids workers at once
   */
  static async start(threads: number, onDeath: (reason: string) => void): Promise<QuantizeWorkers> {
    const workers = new QuantizeWorkers(onDeath);
    try {
      for (let n = 0; n < threads; n++) await workers.#addMember();
    } catch (error) {
      workers.end();
      throw error;
    }
    return workers;
  }

  /** @throws QuantError as `quantize` */
  run(rows: RowsToQuantize): Promise<QuantizedRows> {
    return new Promise((resolve) => {
      const settle = (make: () => QuantizedRows): void => {
        if (--this.#running === 0) this.#keepAlive(false);
        // What it throws becomes the rejection.
        resolve(new Promise((made) => made(make())));
      };
      if (this.#running++ === 0) this.#keepAlive(true);
      this.#waiting.push({ rows, settle });
      this.#hand();
    });
  }

  /** Ends the workers; what they have not done yet is done here. */
  end(): void {
    const members = this.#members.splice(0);
    for (const { worker } of members) worker.terminate();
    const left = [...members.flatMap(({ jobs }) => jobs), ...this.#waiting.splice(0)];
    for (const { rows, settle } of left) settle(() => quantizeRows(rows));
  }

  async #addMember(): Promise<void> {
    const jobs: Job[] = [];
    const worker = await startWorker<RowsToQuantize, Answer>({
      role: "quantize",
      main: async () => (await import("./generated/quantize-worker.ts")).quantizeWorker,
      onMessage: (answer) => {
        const job = jobs.shift();
        this.#hand();
        job?.settle(() => answer ?? quantizeRows(job.rows));
      },
      onDeath: (reason) => {
        if (!this.#members.some((member) => member.jobs === jobs)) return;
        this.#onDeath(reason);
        this.end();
      },
    });
    this.#members.push({ worker, jobs });
  }

  /** Gives jobs to the workers that have fewest. */
  #hand(): void {
    for (let busy = 0; busy < AT_ONCE; busy++)
      for (const { worker, jobs } of this.#members) {
        if (jobs.length > busy) continue;
        const job = this.#waiting.shift();
        if (!job) return;
        jobs.push(job);
        worker.post(job.rows);
      }
    if (this.#members.length === 0)
      for (const { rows, settle } of this.#waiting.splice(0)) settle(() => quantizeRows(rows));
  }

  #keepAlive(wanted: boolean): void {
    for (const { worker } of this.#members) worker.keepsAlive(wanted);
  }
}
