import type { Queue } from "bullmq";
import type { BatchLine } from "../batches/batch-line.ts";
import { answersKey, jobId, jobKey, queueName, QUEUES } from "./keys.ts";
import { lineJob } from "./line-job.ts";
import { internalsOf, type RedisConnection } from "./redis-connection.ts";

/** A line and the name of the model that it asks for. */
export interface ModelLine {
  readonly model: string;
  readonly line: BatchLine;
}

/** Lines that are put into Redis, or looked for, at a time. */
const PIECE = 250;

/** So often a line is sent, at most, where a server is busy or fails. */
const ATTEMPTS = 5;

/** Events of a queue that are kept; we read none. */
const EVENTS = 100;

/** The queues of a batch's lines, one for each model that they ask for. */
export class LineQueues implements AsyncDisposable {
  readonly #connection: RedisConnection;
  readonly #batch: string;
  readonly #retryMs: number;
  readonly #queues = new Map<string, Queue>();

  /** @param retryMs the pause before a line is sent again, twice as long each time */
  constructor(connection: RedisConnection, batch: string, retryMs: number) {
    this.#connection = connection;
    this.#batch = batch;
    this.#retryMs = retryMs;
  }

  /** Puts lines into the queues of their models, unless they are there. */
  async add(lines: readonly ModelLine[]): Promise<void> {
    for (const [model, own] of byModel(lines))
      for (let at = 0; at < own.length; at += PIECE)
        await this.#queue(model).addBulk(
          own.slice(at, at + PIECE).map(({ line }) => ({
            name: line.url,
            data: lineJob(this.#batch, line),
            opts: {
              attempts: ATTEMPTS,
              backoff: { type: "exponential", delay: this.#retryMs },
              jobId: jobId(this.#batch, line.custom_id),
              // The answer lies elsewhere by then.
              ...{ removeOnComplete: true, removeOnFail: true },
            },
          })),
        );
  }

  /** Of these lines those that Redis has forgotten: they neither wait, nor are worked at, nor have an answer there. */
  async forgotten(lines: readonly ModelLine[]): Promise<readonly ModelLine[]> {
    const missing: ModelLine[] = [];
    for (let at = 0; at < lines.length; at += PIECE) {
      const piece = lines.slice(at, at + PIECE);
      const asked = internalsOf(this.#connection).client.pipeline();
      for (const { model, line } of piece) {
        // In this order: a worker leaves the answer before it ends the job.
        asked.exists(jobKey(model, jobId(this.#batch, line.custom_id)));
        asked.hexists(answersKey(this.#batch), line.custom_id);
      }
      const found = (await asked.exec()) ?? [];
      for (const [error] of found) if (error) throw error;
      missing.push(...piece.filter((_, at) => found[2 * at]?.[1] === 0 && found[2 * at + 1]?.[1] === 0));
    }
    return missing;
  }

  /** Ids of the workers that take lines of a model; null where Redis does not tell. */
  async workers(model: string): Promise<readonly string[] | null> {
    try {
      const workers = await this.#queue(model).getWorkers();
      return workers.map(({ rawname = "", id = "" }) => rawname.split(":w:")[1] ?? id);
    } catch (error) {
      // Some providers allow nobody to list clients.
      if (/unknown command|NOPERM/i.test((error as Error).message)) return null;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  #queue(model: string): Queue {
    const known = this.#queues.get(model);
    if (known) return known;
    const { client, packages } = internalsOf(this.#connection);
    const queue = new packages.bullmq.Queue(queueName(model), {
      connection: client,
      prefix: QUEUES,
      streams: { events: { maxLen: EVENTS } },
    });
    queue.on("error", (error) => this.#connection.tellOf(error));
    this.#queues.set(model, queue);
    return queue;
  }
}

function byModel(lines: readonly ModelLine[]): ReadonlyMap<string, readonly ModelLine[]> {
  const groups = new Map<string, ModelLine[]>();
  for (const each of lines) {
    const group = groups.get(each.model);
    if (group) group.push(each);
    else groups.set(each.model, [each]);
  }
  return groups;
}
