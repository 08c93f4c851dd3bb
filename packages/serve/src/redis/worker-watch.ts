import type { LineQueues } from "./line-queues.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** How often workers are counted, and how long a queue may be without one before that is told, in ms. */
const TIMES = { lookMs: 2000, patienceMs: 4000 } as const;

/** Who works at a batch: counts workers, and tells of models whose lines nobody takes. */
export class WorkerWatch {
  readonly #connection: RedisConnection;
  readonly #queues: LineQueues;
  readonly #onWorkers: (workers: number | null) => void;
  /** Since when a model has had no worker, and whether that was told. */
  readonly #idle = new Map<string, { readonly since: number; isTold: boolean }>();
  #lookedAt = -Infinity;

  constructor(
    connection: RedisConnection,
    queues: LineQueues,
    onWorkers: (workers: number | null) => void = () => undefined,
  ) {
    this.#connection = connection;
    this.#queues = queues;
    this.#onWorkers = onWorkers;
  }

  /** @param models whose lines have no answer yet */
  async look(models: ReadonlySet<string>): Promise<void> {
    const now = Date.now();
    if (now - this.#lookedAt < TIMES.lookMs) return;
    this.#lookedAt = now;
    const all = new Set<string>();
    for (const model of models) {
      const workers = await this.#queues.workers(model);
      if (workers === null) {
        this.#onWorkers(null);
        return;
      }
      for (const worker of workers) all.add(worker);
      this.#note(model, workers.length > 0, now);
    }
    this.#onWorkers(all.size);
  }

  #note(model: string, isServed: boolean, now: number): void {
    const idle = this.#idle.get(model);
    const name = JSON.stringify(model);
    if (isServed) {
      this.#idle.delete(model);
      if (idle?.isTold) this.#connection.announce(`a worker takes lines of ${name} now`);
    } else if (!idle) this.#idle.set(model, { since: now, isTold: false });
    else if (!idle.isTold && now - idle.since >= TIMES.patienceMs) {
      idle.isTold = true;
      this.#connection.announce(
        `0 workers take lines of ${name}; waiting for one (helium worker --redis ${this.#connection.address.shown}, with a model of that name)`,
      );
    }
  }
}
