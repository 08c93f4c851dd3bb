import { pause } from "@helium-lm/nn";
import type { Job, Worker } from "bullmq";
import type { BatchLine } from "../batches/batch-line.ts";
import { isPassing, notRun, runLine, type BatchOutcome, type RunLineOptions } from "../batches/run-line.ts";
import { AnswerShelf } from "./answer-shelf.ts";
import { queueName, QUEUES } from "./keys.ts";
import { readLineJob } from "./line-job.ts";
import { internalsOf, type RedisConnection } from "./redis-connection.ts";

export interface BatchWorkerOptions {
  readonly connection: RedisConnection;
  /** A server's handler, such as `ModelServer.fetch`. */
  readonly fetch: RunLineOptions["fetch"];
  /** Names of models whose lines are taken. */
  readonly models: readonly string[];
  /** Lines of each name at a time. */
  readonly concurrency: number;
  /** Milliseconds after which others take the lines of a worker that is not heard of any more; default 30 s. */
  readonly lockMs?: number;
}

/** What a worker has done. */
export interface WorkerCounts {
  answered: number;
  /** Lines that it gave back because it was to end. */
  givenBack: number;
}

/** So often a line may be taken from a worker that died at it; then the line is answered with an error. */
const LOST_WORKERS = 10;

const LOST_CLAIM =
  "Redis no longer knew that this worker has a line, which may be run by another one too; the first answer counts";

/** How long it may take to give lines back, in ms. */
const GIVE_BACK_MS = 5000;

/** What renews a worker's locks, which BullMQ's types keep to themselves. */
const locksOf = (worker: Worker): { readonly close: () => Promise<void> } =>
  (worker as unknown as { readonly lockManager: { readonly close: () => Promise<void> } }).lockManager;

/**
 * Takes lines of batches from Redis and answers them. A line is done only when its answer lies in Redis; until then it is
 * somebody else's as soon as this worker is not heard of any more. So a line may be run twice, and the first answer counts.
 */
export class BatchWorker implements AsyncDisposable {
  readonly counts: WorkerCounts = { answered: 0, givenBack: 0 };
  readonly #connection: RedisConnection;
  readonly #fetch: RunLineOptions["fetch"];
  readonly #workers: readonly Worker[];
  /** For each line under way, aborted when it is to be given back. */
  readonly #running = new Set<AbortController>();
  #isGivingBack = false;

  private constructor({ connection, fetch, models, concurrency, lockMs = 30_000 }: BatchWorkerOptions) {
    this.#connection = connection;
    this.#fetch = fetch;
    const { client, packages } = internalsOf(connection);
    // By it the submitter knows that the queues of several names have one worker.
    const name = crypto.randomUUID();
    this.#workers = models.map((model) => {
      const worker = new packages.bullmq.Worker(
        queueName(model),
        (job: Job<unknown, void>, token?: string) => this.#work(job, token),
        {
          ...{ name, connection: client, prefix: QUEUES, concurrency },
          ...{ lockDuration: lockMs, stalledInterval: lockMs / 2 },
          // Bounded by `LOST_WORKERS`, so that the line gets an answer.
          maxStalledCount: Number.MAX_SAFE_INTEGER,
        },
      );
      worker.on("error", (error) => {
        if (/^(Missing (key|lock)|Lock mismatch|could not renew lock) for job/.test(error.message))
          connection.tell(LOST_CLAIM);
        else connection.tellOf(error);
      });
      worker.on("failed", (_job, error) => connection.tell(`a line is tried again: ${error.message}`));
      return worker;
    });
  }

  /** Begins to take lines. */
  static async start(options: BatchWorkerOptions): Promise<BatchWorker> {
    const worker = new BatchWorker(options);
    await Promise.all(worker.#workers.map((each) => each.waitUntilReady()));
    return worker;
  }

  /**
   * Takes no more lines, finishes those under way, and gives back what is not finished in time.
   *
   * @param drainMs for how long at most
   * @returns whether all could be finished
   */
  async stop(drainMs: number): Promise<boolean> {
    const isClosed = new AbortController();
    const closed = Promise.all(this.#workers.map((worker) => worker.close())).then(() => isClosed.abort());
    try {
      await pause(drainMs, isClosed.signal);
      this.#isGivingBack = true;
      for (const line of this.#running) line.abort();
      // Without a connection nothing can be given back: they are others' once their locks have run out.
      if (internalsOf(this.#connection).client.status === "ready") await pause(GIVE_BACK_MS, isClosed.signal);
    } catch {
      await closed;
    }
    // BullMQ waits for ever for a command that was under way when Redis went, and renews locks meanwhile: no process would end.
    if (!isClosed.signal.aborted) await Promise.all(this.#workers.map((worker) => locksOf(worker).close()));
    return this.#running.size === 0 && this.counts.givenBack === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  async #work(job: Job<unknown, void>, token?: string): Promise<void> {
    const { batch, line } = readLineJob(job.data);
    const shelf = new AnswerShelf(internalsOf(this.#connection).client, batch);
    // Another worker had answered it, and died before it could say that it is done.
    if (await shelf.has(line.custom_id)) return;
    const outcome = await this.#run(job, line);
    if (outcome !== null) {
      await shelf.put(outcome);
      this.counts.answered++;
      return;
    }
    this.counts.givenBack++;
    await job.moveToWait(token);
    const { packages } = internalsOf(this.#connection);
    throw new packages.bullmq.WaitingError();
  }

  /** What became of a line; null: it is to be given back. @throws Error where it is to be tried again */
  async #run({ stalledCounter, attemptsMade, opts }: Job, line: BatchLine): Promise<BatchOutcome | null> {
    if (stalledCounter >= LOST_WORKERS)
      return notRun(line.custom_id, {
        code: "worker_lost",
        message: `line: ${stalledCounter} workers ended while they worked at it; it is not tried again`,
      });
    const isLast = attemptsMade + 1 >= (opts.attempts ?? 1);
    const ending = new AbortController();
    this.#running.add(ending);
    try {
      if (this.#isGivingBack) return null;
      const outcome = await runLine(line, { fetch: this.#fetch, signal: ending.signal, attempts: 1 });
      if (isLast || !isPassing(outcome)) return outcome;
      throw new Error(`the server answered with status ${outcome.response?.status_code}`);
    } catch (error) {
      if (ending.signal.aborted) return null;
      throw error;
    } finally {
      this.#running.delete(ending);
    }
  }
}
