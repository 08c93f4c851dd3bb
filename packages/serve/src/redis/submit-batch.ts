import { once } from "node:events";
import { pause } from "@helium-lm/nn";
import { BatchOwner } from "./batch-owner.ts";
import { BatchSubmission, type SubmissionOptions } from "./batch-submission.ts";
import { LineQueues } from "./line-queues.ts";
import { isRedisFailure, type RedisConnection } from "./redis-connection.ts";
import { WorkerWatch } from "./worker-watch.ts";

export interface SubmitBatchOptions extends SubmissionOptions {
  readonly connection: RedisConnection;
  /** Milliseconds before a line is sent again that met a busy or failing server, twice as long each time; default 1000. */
  readonly retryMs?: number;
  /** Milliseconds after which another process may take a batch over from one that is silent; default 20 s. */
  readonly ownedMs?: number;
  /** Told now and then how many workers there are; null: Redis does not tell. */
  readonly onWorkers?: (workers: number | null) => void;
  /** Stops waiting. The lines stay in Redis, and workers go on with them. */
  readonly signal?: AbortSignal;
}

/** Pauses between two looks at the answers: after some came, the longest while none come, and after a failure, in ms. */
const LOOK_MS = { first: 25, longest: 500, afterFailure: 1000 } as const;

/** For so long a submitter that is told to end puts things in order, in ms. */
const LEAVE_MS = 500;

/** How often lines are looked for that Redis may have forgotten, in ms. */
const FORGOTTEN_MS = 15_000;

/**
 * Has the lines of a batch answered by whatever workers are there, now or later, and collects the answers. Redis may be killed,
 * or lose all that it had: what has no answer is put there again. A line may be run twice then; `keep` gets one answer.
 *
 * @throws what `keep` throws, and the signal's reason, with everything in Redis as it was; RedisError while another process
 *   submits the batch
 */
export async function submitBatch(options: SubmitBatchOptions): Promise<void> {
  const { signal } = options;
  if (!signal) return submit(options);
  signal.throwIfAborted();
  const isOver = new AbortController();
  const aborted = once(signal, "abort", { signal: isOver.signal }).then(() => {
    throw signal.reason;
  });
  aborted.catch(() => undefined);
  const submitted = submit(options);
  try {
    await Promise.race([submitted, aborted]);
  } catch (error) {
    // It ends in a moment, unless a command waits for a connection that is away.
    await Promise.race([submitted.catch(() => undefined), pause(LEAVE_MS)]);
    throw error;
  } finally {
    isOver.abort();
  }
}

async function submit(options: SubmitBatchOptions): Promise<void> {
  const { connection, batch, onWorkers, signal, retryMs = 1000, ownedMs = 20_000 } = options;
  await using owner = await BatchOwner.take(connection, batch, { ownedMs, signal });
  await using queues = new LineQueues(connection, batch, retryMs);
  const watch = new WorkerWatch(connection, queues, onWorkers);
  const submission = new BatchSubmission(connection, queues, options);
  let outages = connection.outages;
  /** What it refuses is not there either. */
  let isRefused = false;
  let restoredAt = Date.now();
  for (let wait: number = LOOK_MS.first; ; await pause(wait, signal)) {
    signal?.throwIfAborted();
    owner.check();
    try {
      await submission.refill();
      const came = await submission.collect();
      if (submission.isDone) break;
      if (isRefused || outages !== connection.outages || Date.now() - restoredAt > FORGOTTEN_MS) {
        const seen = connection.outages;
        const count = await submission.restore();
        if (count > 0 && !isRefused) connection.announce(`${count} lines were lost there, and were submitted again`);
        [outages, restoredAt, isRefused] = [seen, Date.now(), false];
      }
      await watch.look(submission.models);
      wait = came ? LOOK_MS.first : Math.min(LOOK_MS.longest, wait * 1.5);
    } catch (error) {
      if (!isRedisFailure(error)) throw error;
      connection.tellOf(error);
      isRefused = true;
      wait = LOOK_MS.afterFailure;
    }
  }
  // All is kept; what is left there is dropped by itself.
  await submission.tidy().catch((error: unknown) => connection.tellOf(error as Error));
}
